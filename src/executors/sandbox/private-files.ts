/**
 * Files of the system that this user may read and others may not: as root, passwords and keys. They
 * are hidden from the sandbox, whose root is the same user to the kernel.
 */
import { accessSync, constants, type Dirent, lstatSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

const DEEPEST = 3;
const FOR_OTHERS = 0o004;

let known: string[] | null = null;

/** Looked for once in the life of a process: passwords of a system do not move about. */
export function privateFiles(): string[] {
  return (known ??= privateIn('/etc', DEEPEST));
}

function privateIn(folder: string, depth: number): string[] {
  return entriesOf(folder).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isSymbolicLink()) return [];
    if (isPrivate(path)) return [path];
    return entry.isDirectory() && depth > 1 ? privateIn(path, depth - 1) : [];
  });
}

function isPrivate(path: string): boolean {
  const mode = lstatSync(path, { throwIfNoEntry: false })?.mode ?? FOR_OTHERS;
  return (mode & FOR_OTHERS) === 0 && isReadable(path);
}

function isReadable(path: string): boolean {
  try {
    accessSync(path, constants.R_OK);
    return true;
  } catch {
    return false;
  }
}

function entriesOf(folder: string): Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch {
    return [];
  }
}
