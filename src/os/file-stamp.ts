/**
 * A file's identity from one stat. Synchronous on purpose: a stat takes 2 µs, its round trip through
 * the thread pool 100 µs, and choosing an environment asks about twenty paths before every run.
 */
import { type Stats, statSync } from 'node:fs';

/**
 * Device and inode name the file behind any symbolic links, so that the same stamp means the same,
 * unchanged file. Null when there is none that can be seen.
 */
export function fileStamp(path: string): string | null {
  return stampOf(statsOf(path));
}

/** Of a file that is to be read: null for a pipe, too, which could be read for ever. */
export function regularFileStamp(path: string): string | null {
  const stats = statsOf(path);
  return stats?.isFile() ? stampOf(stats) : null;
}

/** Whether any user of the machine may put files into the folder, as into `/tmp`. */
export function isWritableByAll(folder: string): boolean {
  return ((statsOf(folder)?.mode ?? 0) & 0o002) !== 0;
}

function stampOf(stats: Stats | null): string | null {
  if (!stats) return null;
  const { dev, ino, mode, mtimeMs, size } = stats;
  return `${dev}:${ino}:${mode}:${mtimeMs}:${size}`;
}

function statsOf(path: string): Stats | null {
  try {
    return statSync(path, { throwIfNoEntry: false }) ?? null;
  } catch {
    return null;
  }
}
