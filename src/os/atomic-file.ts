/**
 * Files that appear whole or not at all: made beside their place and then renamed, so that whoever
 * reads meanwhile, and whoever comes after a crash, finds the old one or the new one.
 */
import { randomBytes } from 'node:crypto';
import {
  closeSync,
  fchmodSync,
  fsyncSync,
  linkSync,
  openSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';

export interface AtomicOptions {
  /** Whatever the umask; 0600 when left out. */
  mode?: number;
  /** Survives a power cut from the moment this returns: for files that are not ours alone. */
  durable?: boolean;
  /** False: throws EEXIST when there is one already. */
  replace?: boolean;
}

export function writeAtomic(path: string, text: string, options: AtomicOptions = {}): void {
  const { mode = 0o600, durable = false, replace = true } = options;
  const write = (aside: string): void => writeNew(aside, text, mode, durable);
  makeAtomicSync(path, write, replace ? renameSync : linkSync);
}

/** As above for folders, too: `make` is given the path to make it at. */
export function makeAtomicSync(
  path: string,
  make: (aside: string) => void,
  settle: (aside: string, path: string) => void = renameSync,
): void {
  const aside = besides(path);
  try {
    make(aside);
    settle(aside, path);
  } finally {
    rmSync(aside, { recursive: true, force: true });
  }
}

/** As above for what takes longer. */
export async function makeAtomic(
  path: string,
  make: (aside: string) => Promise<void>,
): Promise<void> {
  const aside = besides(path);
  try {
    await make(aside);
    await rename(aside, path);
  } finally {
    await rm(aside, { recursive: true, force: true });
  }
}

/** Hidden, and of no name that anybody looks for. */
function besides(path: string): string {
  return join(dirname(path), `.${basename(path)}.${randomBytes(6).toString('hex')}`);
}

function writeNew(path: string, text: string, mode: number, durable: boolean): void {
  const fd = openSync(path, 'wx', mode);
  try {
    writeFileSync(fd, text);
    fchmodSync(fd, mode);
    if (durable) fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
}
