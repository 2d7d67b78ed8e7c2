/** The single checks of `doctor`. Each looks, changes nothing, and says the remedy. */
import { once } from 'node:events';
import { type FSWatcher, mkdtempSync, rmSync } from 'node:fs';
import { statfsSync, statSync, watch, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Config } from '../../config/settings.ts';
import { usualInterpreter, whyNoSandbox } from '../../jobs/environments/found-pythons.ts';
import { executable, programOnPath } from '../../os/search-path.ts';
import { formatBytes } from '../terminal/duration.ts';

/** `broken`: python-mcp cannot work; `missing`: something is worse than it could be. */
export interface Check {
  name: string;
  status: 'ok' | 'missing' | 'broken';
  found: string;
  /** What to do; empty when all is well. */
  remedy: string;
}

const EVENT_WITHIN_MS = 2_000;

export function checkNode(version: string = process.versions.node): Check {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const ok = major > 22 || (major === 22 && minor >= 16);
  const remedy = 'Install Node 22.16 or newer.';
  return verdict('node', ok ? 'ok' : 'broken', version, remedy);
}

/** The folder must exist by now. */
export function checkHome(home: string): Check {
  const stat = statSync(home, { throwIfNoEntry: false });
  if (!stat) return verdict('home', 'broken', `${home} does not exist`, 'Set PYTHON_MCP_HOME.');
  const mode = (stat.mode & 0o777).toString(8).padStart(4, '0');
  const isPrivate = (stat.mode & 0o077) === 0;
  const remedy = `Others can look into it: chmod 700 ${home}`;
  return verdict('home', isPrivate ? 'ok' : 'missing', `${home} (${mode})`, remedy);
}

export function checkDisk({ home, min_free_disk_bytes: floor }: Config): Check {
  const { bavail, bsize } = statfsSync(home);
  const free = bavail * bsize;
  const remedy =
    `New jobs are refused below ${formatBytes(floor)} (min_free_disk_bytes). ` +
    'Free some space, for example with: python-mcp prune --all';
  return verdict('disk', free >= floor ? 'ok' : 'broken', `${formatBytes(free)} free`, remedy);
}

export async function checkPython(config: Config, env: NodeJS.ProcessEnv): Promise<Check> {
  try {
    const { version, path } = await usualInterpreter(config, env);
    return verdict('python', 'ok', `${version} ${path}`, '');
  } catch (error) {
    return verdict('python', 'broken', 'none', (error as Error).message);
  }
}

export function checkUv(home: string, env: NodeJS.ProcessEnv): Check {
  const found = programOnPath('uv', env) ?? executable(join(home, 'tools', 'uv'));
  const remedy =
    'It is installed into the home folder when it is first needed. Offline: venv and pip serve, more slowly.';
  return verdict('uv', found ? 'ok' : 'missing', found ?? 'not found', remedy);
}

/** Tried, not only found. */
export function checkSandbox(home: string, env: NodeJS.ProcessEnv): Check {
  const problem = whyNoSandbox(home, env);
  const remedy = `Needed for runs with --sandbox only: ${problem ?? ''}`;
  return verdict(
    'sandbox',
    problem === null ? 'ok' : 'missing',
    problem === null ? 'works' : 'none',
    remedy,
  );
}

/** Without file events readers poll: nothing is lost, but output arrives later. */
export async function checkFileEvents(home: string): Promise<Check> {
  const works = await hasFileEvents(home);
  const remedy =
    'Output is polled four times a second instead. Use a local disk, or raise fs.inotify.max_user_instances.';
  return verdict('file events', works ? 'ok' : 'missing', works ? 'work' : 'none came', remedy);
}

async function hasFileEvents(home: string): Promise<boolean> {
  const folder = mkdtempSync(join(home, 'doctor-'));
  let watcher: FSWatcher | null = null;
  try {
    watcher = watch(folder);
    const signal = AbortSignal.timeout(EVENT_WITHIN_MS);
    const event = once(watcher, 'change', { signal });
    writeFileSync(join(folder, 'file'), 'x');
    await event;
    return true;
  } catch {
    return false; // no event came, or no watches are left
  } finally {
    watcher?.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

export function verdict(
  name: string,
  status: Check['status'],
  found: string,
  remedy: string,
): Check {
  return { name, status, found, remedy: status === 'ok' ? '' : remedy };
}
