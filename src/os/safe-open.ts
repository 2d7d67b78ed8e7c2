/**
 * Opens files that a job may have put there as a trap: links to what it may not read itself, pipes
 * that would hold up the reader for ever, names that lead elsewhere.
 */
import { closeSync, constants, fstatSync, openSync, readlinkSync, realpathSync } from 'node:fs';
import { readSync, type Stats, statSync } from 'node:fs';
import { join } from 'node:path';

export interface OpenedFile {
  fd: number;
  stats: Stats;
}

const SAFELY = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;
const LONGEST_NAME = 1024;

/** Relative, made of plain parts, the same on every system. */
export function isPlainPath(name: string): boolean {
  if (name.length === 0 || name.length > LONGEST_NAME || !name.isWellFormed()) return false;
  // oxlint-disable-next-line no-control-regex -- these are what is refused
  if (/[\0-\x1f\x7f\\]/.test(name)) return false;
  return name.split('/').every((part) => part !== '' && part !== '.' && part !== '..');
}

/**
 * Null unless it is a regular file of one name inside `root`, which is a folder that only we write,
 * with no link anywhere between them. The caller closes it. Everything is asked of the open file, so
 * it does not help to swap it in between.
 */
export function openInside(root: string, name: string): OpenedFile | null {
  if (!isPlainPath(name)) return null;
  const realRoot = realPathOf(root);
  const fd = realRoot === null ? null : tryOpen(join(realRoot, name));
  if (realRoot === null || fd === null) return null;
  try {
    const stats = fstatSync(fd);
    if (stats.isFile() && stats.nlink === 1 && isThere(fd, stats, join(realRoot, name))) {
      return { fd, stats };
    }
  } catch {
    // vanished: refused as the others
  }
  closeSync(fd);
  return null;
}

/** Text of a whole file, opened as above; null when it is longer than `maxBytes`, too. */
export function readInside(root: string, name: string, maxBytes: number): string | null {
  const file = openInside(root, name);
  if (file === null) return null;
  try {
    const { size } = file.stats;
    return size > maxBytes ? null : readAt(file.fd, 0, size).toString('utf8');
  } finally {
    closeSync(file.fd);
  }
}

/** Up to `length` bytes at `from` of an open file; never moves its position. */
export function readAt(fd: number, from: number, length: number): Buffer<ArrayBuffer> {
  const buffer = Buffer.alloc(length);
  let filled = 0;
  while (filled < length) {
    const count = readSync(fd, buffer, filled, length - filled, from + filled);
    if (count === 0) break;
    filled += count;
  }
  return buffer.subarray(0, filled);
}

/** A folder on the way may be a link, which O_NOFOLLOW does not see. */
function isThere(fd: number, stats: Stats, path: string): boolean {
  if (process.platform === 'linux') return readlinkSync(`/proc/self/fd/${fd}`) === path;
  if (realPathOf(path) !== path) return false;
  const there = statSync(path, { throwIfNoEntry: false });
  return there?.dev === stats.dev && there.ino === stats.ino;
}

function realPathOf(path: string): string | null {
  try {
    return realpathSync(path);
  } catch {
    return null;
  }
}

function tryOpen(path: string): number | null {
  try {
    return openSync(path, SAFELY);
  } catch {
    return null;
  }
}
