/**
 * A file's identity from one stat. Synchronous on purpose: a stat takes 2 µs, its round trip through
 * the thread pool 100 µs, and choosing an environment asks about twenty paths before every run.
 */
import { statSync } from 'node:fs';

/**
 * Device and inode name the file behind any symbolic links, so that the same stamp means the same,
 * unchanged file. Null when there is none that can be seen.
 */
export function fileStamp(path: string): string | null {
  try {
    const s = statSync(path, { throwIfNoEntry: false });
    return s ? `${s.dev}:${s.ino}:${s.mode}:${s.mtimeMs}:${s.size}` : null;
  } catch {
    return null;
  }
}

/** Whether any user of the machine may put files into the folder, as into `/tmp`. */
export function isWritableByAll(folder: string): boolean {
  try {
    return ((statSync(folder, { throwIfNoEntry: false })?.mode ?? 0) & 0o002) !== 0;
  } catch {
    return false;
  }
}
