/** Every real Python of this machine that the product supports: found, never assumed. */
import { execFile } from 'node:child_process';
import { existsSync, readdirSync, realpathSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';

export interface RealInterpreter {
  /** Absolute path, symbolic links resolved. */
  path: string;
  /** "3.12.1" */
  version: string;
}

const ASK =
  'import sys; print(sys.executable); print(*sys.version_info[:3], sep="."); print(sys.version_info >= (3, 8))';

const run = promisify(execFile);
let found: Promise<RealInterpreter[]> | undefined;

/**
 * Oldest first: the oldest and the newest, or with PYTHON_MCP_ALL_PYTHONS=1 (`npm run test:pythons`)
 * every one. Throws when there is none: a suite that tests nothing must not pass.
 */
export async function realInterpreters(): Promise<RealInterpreter[]> {
  const all = await (found ??= findAll());
  if (process.env['PYTHON_MCP_ALL_PYTHONS']) return all;
  return all.filter((_, index) => index === 0 || index === all.length - 1);
}

async function findAll(): Promise<RealInterpreter[]> {
  const answers = await Promise.all((await candidates()).map(describeInterpreter));
  const byPath = new Map(answers.flatMap((one) => (one ? [[one.path, one] as const] : [])));
  if (byPath.size === 0) throw new Error('no Python 3.8 or newer: install one, or add it to PATH');
  return [...byPath.values()].sort((a, b) =>
    a.version.localeCompare(b.version, 'en', { numeric: true }),
  );
}

async function candidates(): Promise<string[]> {
  const pyenv = await pyenvRoot();
  const folders = (process.env['PATH'] ?? '').split(delimiter).filter(Boolean);
  const onPath = folders
    // Shims start slowly and lead to the versions that are listed anyway.
    .filter((folder) => pyenv === null || folder !== join(pyenv, 'shims'))
    .flatMap((folder) => namesIn(folder).map((name) => join(folder, name)))
    .filter((path) => /\/python3(\.\d+)?$/.test(path));
  const versions = pyenv === null ? [] : namesIn(join(pyenv, 'versions'));
  const managed = versions.map((name) => join(pyenv ?? '', 'versions', name, 'bin', 'python'));
  const files = [...onPath, ...managed].filter((path) => existsSync(path));
  return [...new Set(files.map((path) => realpathSync(path)))];
}

async function pyenvRoot(): Promise<string | null> {
  return run('pyenv', ['root']).then(
    ({ stdout }) => stdout.trim(),
    () => null,
  );
}

async function describeInterpreter(path: string): Promise<RealInterpreter | null> {
  try {
    const { stdout } = await run(path, ['-E', '-S', '-c', ASK]);
    const [executable, version, supported] = stdout.trim().split('\n');
    if (!executable || !version || supported !== 'True') return null;
    return { path: realpathSync(executable), version };
  } catch {
    return null; // Python 2, or not a Python at all
  }
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
