/** The engine for the length of one command. */
import type { App } from '../../app.ts';
import type { Terminal } from '../terminal/terminal.ts';

export async function withApp<T>(
  { env }: Terminal,
  work: (app: App) => Promise<T>,
  startsJobs = false,
): Promise<T> {
  const app = await openApp(env, startsJobs);
  try {
    const result = await work(app);
    await app.jobs.settle();
    return result;
  } finally {
    app.close();
  }
}

/** Loaded here: `--help` and usage errors need none of it. */
async function openApp(env: NodeJS.ProcessEnv, startsJobs: boolean): Promise<App> {
  const [{ createApp }, { readConfig }] = await Promise.all([
    import('../../app.ts'),
    import('../../config/read-settings.ts'),
  ]);
  return createApp(await readConfig(env), env, startsJobs);
}
