/**
 * Opens files that a job may have put there as a trap: links to what it may not read itself, pipes
 * that would hold up the reader for ever, names that lead elsewhere.
 */
import { closeSync, constants, existsSync, fstatSync, openSync } from 'node:fs';
import { readlinkSync, realpathSync, type Stats, statSync } from 'node:fs';
import { join } from 'node:path';
import { readFully } from './read-fully.ts';

export interface OpenedFile {
  fd: number;
  stats: Stats;
}

const { O_RDONLY, O_WRONLY, O_NOFOLLOW, O_NONBLOCK } = constants;
/** What says that there is no such file to be opened, be it a link, a folder or nobody's pipe. */
const NONE = ['ENOENT', 'ENOTDIR', 'ELOOP', 'ENXIO', 'EISDIR', 'EACCES', 'ENAMETOOLONG'];
const LONGEST_NAME = 1024;

/**
 * A regular file for reading, or a pipe that somebody reads for writing; null when there is none.
 * Never waits, and follows no link where it leads to the file itself, unless it is the user's own.
 * The caller closes it.
 * @throws when it cannot be told, for want of descriptors for instance.
 */
export function openSafely(
  path: string,
  kind: 'file' | 'fifo' = 'file',
  links: 'refused' | 'followed' = 'refused',
): OpenedFile | null {
  // Most files that are asked for again and again do not exist: looking costs 4 µs, an error 35 µs.
  if (!existsSync(path)) return null;
  const fd = tryOpen(path, kind === 'file' ? O_RDONLY : O_WRONLY, links);
  if (fd === null) return null;
  const stats = fstatSync(fd);
  if (kind === 'file' ? stats.isFile() : stats.isFIFO()) return { fd, stats };
  closeSync(fd);
  return null;
}

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
  const opened = realRoot === null ? null : openSafely(join(realRoot, name));
  if (realRoot === null || opened === null) return null;
  if (opened.stats.nlink === 1 && isThere(opened, join(realRoot, name))) return opened;
  closeSync(opened.fd);
  return null;
}

/** Text of a whole file, opened as above; null when it is longer than `maxBytes`, too. */
export function readInside(root: string, name: string, maxBytes: number): string | null {
  const file = openInside(root, name);
  if (file === null) return null;
  try {
    const { size } = file.stats;
    return size > maxBytes ? null : readFully(file.fd, 0, size).toString('utf8');
  } finally {
    closeSync(file.fd);
  }
}

function tryOpen(path: string, access: number, links: 'refused' | 'followed'): number | null {
  try {
    return openSync(path, access | O_NONBLOCK | (links === 'refused' ? O_NOFOLLOW : 0));
  } catch (error) {
    if (NONE.includes(String((error as NodeJS.ErrnoException).code))) return null;
    throw error;
  }
}

/** A folder on the way may be a link, which O_NOFOLLOW does not see. */
function isThere({ fd, stats }: OpenedFile, path: string): boolean {
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
