/** Shows a file in the user's browser. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';

/** False when no program took it. */
export async function openPage(path: string, env: NodeJS.ProcessEnv): Promise<boolean> {
  const usual = process.platform === 'darwin' ? 'open' : 'xdg-open';
  const child = spawn(env['BROWSER'] || usual, [path], { env, stdio: 'ignore', detached: true });
  child.unref();
  try {
    await once(child, 'spawn');
    return true;
  } catch {
    return false;
  }
}
