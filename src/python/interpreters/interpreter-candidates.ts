/** Where Python executables are found on a machine, in the order in which they are preferred. */
import { readdir } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { Newest } from '../../core/newest.ts';
import type { EnvironmentContext } from '../context/context.ts';
import { fileStamp } from '../../os/file-stamp.ts';
import { pathFolders } from '../../os/search-path.ts';
import { isShimFolder } from './interpreter-cache.ts';

type Env = EnvironmentContext['env'];

const EXECUTABLE = /^python(3(\.\d{1,2})?)?$/;
/** Programs with a desktop are started with a short PATH: look where people install. */
const USUAL_FOLDERS = ['/usr/local/bin', '/usr/bin', '/opt/homebrew/bin'];
const CONDA_NAMES = ['miniconda3', 'anaconda3', 'miniforge3', 'mambaforge', 'micromamba'];

/** Every path worth asking; shims are left out because the versions behind them are listed. */
export async function candidatePaths(env: Env): Promise<string[]> {
  const folders = [...pathFolders(env), ...USUAL_FOLDERS].filter((folder) => !isShimFolder(folder));
  const [direct, managed] = await Promise.all([
    Promise.all(folders.map(executablesIn)),
    Promise.all(installRoots(env).map(installsIn)),
  ]);
  return [...new Set([...direct.flat(), ...managed.flat(), ...condaPaths(env)])];
}

async function executablesIn(folder: string): Promise<string[]> {
  const names = await namesIn(folder);
  return names.filter((name) => EXECUTABLE.test(name)).map((name) => join(folder, name));
}

/** Version managers keep one folder per version, each with `bin/python3`. */
function installRoots(env: Env): string[] {
  const home = userHome(env);
  const data = env['XDG_DATA_HOME'] ?? join(home, '.local/share');
  return [
    join(env['PYENV_ROOT'] ?? join(home, '.pyenv'), 'versions'),
    join(env['ASDF_DATA_DIR'] ?? join(home, '.asdf'), 'installs/python'),
    join(env['MISE_DATA_DIR'] ?? join(data, 'mise'), 'installs/python'),
    env['UV_PYTHON_INSTALL_DIR'] ?? join(data, 'uv/python'),
    '/Library/Frameworks/Python.framework/Versions',
  ];
}

async function installsIn(root: string): Promise<string[]> {
  const names = await namesIn(root);
  return names.map((name) => join(root, name, 'bin/python3'));
}

const MOST_LISTINGS = 200;
const listings = new Newest<string, { stamp: string; names: string[] }>(MOST_LISTINGS);

/** A folder's time changes when an entry comes or goes: `/usr/bin` is read once, not per run. */
async function namesIn(folder: string): Promise<string[]> {
  const stamp = fileStamp(folder);
  if (!stamp) return [];
  const known = listings.get(folder);
  if (known?.stamp === stamp) return known.names;
  const names = await readdir(folder).catch(() => []);
  listings.set(folder, { stamp, names });
  return names;
}

function condaPaths(env: Env): string[] {
  const names = CONDA_NAMES.map((name) => join(userHome(env), name));
  return [...names, '/opt/conda'].map((root) => join(root, 'bin/python3'));
}

export function userHome(env: Env): string {
  return env['HOME'] ?? homedir();
}
