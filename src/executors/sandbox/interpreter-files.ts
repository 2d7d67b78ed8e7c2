/** What of the disk an interpreter needs to run: its environment, and the Python that this is made of. */
import { existsSync, lstatSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { realPathOf } from './shown-folder.ts';

export interface InterpreterFiles {
  /** Folders to be read. */
  folders: string[];
  /** Links on the way to it, which lie in folders that are not shown: from path to target. */
  links: [path: string, target: string][];
}

const MOST_LINKS = 20;

export function interpreterFiles(interpreter: string): InterpreterFiles {
  const found: InterpreterFiles = { folders: [], links: [] };
  let path = interpreter;
  for (let hops = 0; hops < MOST_LINKS; hops += 1) {
    const prefix = dirname(dirname(path));
    if (isEnvironment(prefix)) addEnvironment(prefix, found);
    const target = linkTarget(path);
    if (target === null) break;
    if (!isEnvironment(prefix)) found.links.push([path, target]);
    path = resolve(dirname(path), target);
  }
  addPython(dirname(dirname(path)), found);
  return found;
}

function addEnvironment(prefix: string, found: InterpreterFiles): void {
  found.folders.push(prefix);
  const base = /^home\s*=\s*(.+?)\s*$/m.exec(textOf(join(prefix, 'pyvenv.cfg')))?.[1];
  if (base !== undefined) addPython(dirname(base), found);
}

/** By both names, when a folder on the way is a link. Only what is a Python: a script may write `home`. */
function addPython(prefix: string, { folders }: InterpreterFiles): void {
  if (!isPython(prefix)) return;
  folders.push(...new Set([prefix, realPathOf(prefix)]));
}

function isEnvironment(prefix: string): boolean {
  return existsSync(join(prefix, 'pyvenv.cfg'));
}

function isPython(prefix: string): boolean {
  return ['lib', 'lib64'].some((lib) =>
    namesIn(join(prefix, lib)).some(
      (name) => name.startsWith('python3') && existsSync(join(prefix, lib, name, 'os.py')),
    ),
  );
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

function linkTarget(path: string): string | null {
  return lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() ? readlinkSync(path) : null;
}

function textOf(path: string): string {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    return '';
  }
}
