/** The virtual environment that belongs to a directory: `.venv` or `venv` there or in a parent. */
import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { EnvironmentContext } from '../context/context.ts';
import { isWritableByAll, regularFileStamp } from '../../os/file-stamp.ts';
import { userHome } from '../interpreters/interpreter-candidates.ts';
import { interpreterCache, type Interpreter } from '../interpreters/interpreter-cache.ts';

export interface Venv {
  /** Absolute folder that holds `pyvenv.cfg`. */
  path: string;
  interpreter: Interpreter;
  madeByUv: boolean;
}

export interface VenvSearch {
  venv: Venv | null;
  /** Folders passed over because their interpreter does not start. */
  broken: string[];
}

const NAMES = ['.venv', 'venv'];

/** The nearest working one. VIRTUAL_ENV of the server says nothing about a job's directory. */
export async function findVenv(
  directory: string,
  context: Pick<EnvironmentContext, 'home' | 'env'>,
): Promise<VenvSearch> {
  const folders = searchFolders(directory, userHome(context.env));
  const paths = folders.flatMap((folder) => NAMES.map((name) => join(folder, name)));
  const broken: string[] = [];
  for (const path of paths) {
    if (!regularFileStamp(join(path, 'pyvenv.cfg'))) continue;
    const settings = await readFile(join(path, 'pyvenv.cfg'), 'utf8').catch(() => '');
    const python = join(path, 'bin/python');
    const interpreter = await interpreterCache(context.home).describe(python, context.env);
    if (interpreter) {
      // Some builds report the base installation: the link in the environment is what counts.
      const own = { ...interpreter, path: python };
      return { venv: { path, interpreter: own, madeByUv: /^uv\s*=/m.test(settings) }, broken };
    }
    broken.push(path);
  }
  return { venv: null, broken };
}

/**
 * The directory and its parents, short of the user's home, of the root, and of folders that
 * everybody may write into: an environment in `/tmp` could be anybody's.
 */
export function searchFolders(directory: string, home: string): string[] {
  const folders = [directory];
  let next = directory === home ? home : dirname(directory);
  while (next !== home && next !== dirname(next) && !isWritableByAll(next)) {
    folders.push(next);
    next = dirname(next);
  }
  return folders;
}
