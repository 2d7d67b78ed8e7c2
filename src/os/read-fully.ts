/** Reads until there is as much as was asked for: a read may always give less. */
import { readSync } from 'node:fs';

/** Up to `length` bytes at `from` of an open file, fewer at its end; never moves its position. */
export function readFully(fd: number, from: number, length: number): Buffer<ArrayBuffer> {
  const buffer = Buffer.allocUnsafe(length);
  let filled = 0;
  while (filled < length) {
    const count = readSync(fd, buffer, filled, length - filled, from + filled);
    if (count === 0) break;
    filled += count;
  }
  return buffer.subarray(0, filled);
}
