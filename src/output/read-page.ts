/**
 * The only reader of output files. A page is a byte window, cut at a code-point border: pages read
 * one after the other are the file's bytes, and each decodes on its own. Its cost depends on the
 * page, not on the file.
 */
import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';
import { completeLength, skipContinuation } from './code-points.ts';

export interface OutputPage {
  bytes: Uint8Array;
  /** Offset of the first byte. */
  from: number;
  /** Offset of the next unread byte: where the next page begins. */
  next: number;
  /** Size of the file when it was read. */
  size: number;
}

/** No code point is longer: a page may not be smaller, or reading could stand still. */
export const SMALLEST_PAGE = 4;

/**
 * Reads from offset `from`. While the writer lives (`ended` false), the beginning of a character at
 * the end of the file waits for its other half; afterwards it is delivered as it is.
 */
export function readPage(path: string, from: number, maxBytes: number, ended: boolean): OutputPage {
  return withFile(path, from, (fd, size) => {
    const window = readWindow(fd, from, Math.max(maxBytes, SMALLEST_PAGE), size);
    const atEnd = from + window.length >= size;
    const bytes = ended && atEnd ? window : window.subarray(0, completeLength(window));
    return { bytes, from, next: from + bytes.length, size };
  });
}

/** The last `maxBytes` of the file, beginning with a whole code point. */
export function readTail(path: string, maxBytes: number, ended: boolean): OutputPage {
  return withFile(path, 0, (fd, size) => {
    const start = Math.max(0, size - Math.max(maxBytes, SMALLEST_PAGE));
    const window = readWindow(fd, start, size - start, size);
    const skip = start === 0 ? 0 : skipContinuation(window);
    const end = ended ? window.length : completeLength(window);
    const bytes = window.subarray(skip, Math.max(skip, end));
    return { bytes, from: start + skip, next: start + Math.max(skip, end), size };
  });
}

/** Exactly the bytes at `from`, up to `maxBytes`, wherever characters end. */
export function readBytes(path: string, from: number, maxBytes: number): Uint8Array {
  return withFile(path, from, (fd, size) => {
    const bytes = readWindow(fd, from, maxBytes, size);
    return { bytes, from, next: from + bytes.length, size };
  }).bytes;
}

function withFile(
  path: string,
  from: number,
  read: (fd: number, size: number) => OutputPage,
): OutputPage {
  const fd = openOutput(path);
  if (fd === null) return { bytes: new Uint8Array(), from, next: from, size: 0 };
  try {
    const stat = fstatSync(fd);
    if (!stat.isFile()) return { bytes: new Uint8Array(), from, next: from, size: 0 };
    return read(fd, stat.size);
  } finally {
    closeSync(fd);
  }
}

/** Null when the file does not exist (yet, or any more). Never follows a link, never blocks. */
function openOutput(path: string): number | null {
  try {
    return openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}

function readWindow(fd: number, from: number, length: number, size: number): Uint8Array {
  const window = Buffer.allocUnsafe(Math.max(0, Math.min(length, size - from)));
  let filled = 0;
  while (filled < window.length) {
    const count = readSync(fd, window, filled, window.length - filled, from + filled);
    if (count === 0) break;
    filled += count;
  }
  return window.subarray(0, filled);
}
