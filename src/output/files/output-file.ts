/** One stream of a job on disk, being written or at rest: the same to every reader. */
import { closeSync, fstatSync, readSync, statSync } from 'node:fs';
import type { Cursor } from '../../core/cursor.ts';
import type { JobFolder } from './job-folder.ts';
import { type Gap, openIfThere, readGap } from './output-gap.ts';
import type { OutputSource } from './output-source.ts';
import { openPacked } from './packed-file.ts';

/** Null when there is no such output (yet, or any more). */
export function openOutput(path: string): OutputSource | null {
  return openPlain(path) ?? openPacked(path);
}

/** Bytes that were written to a stream; 0 while it does not exist. */
export function sizeOf(path: string): number {
  const stat = statSync(path, { throwIfNoEntry: false });
  if (stat) return stat.size;
  const packed = openPacked(path);
  packed?.close();
  return packed?.size ?? 0;
}

/** Of both streams of a job, which is where a reader of all that is there ends. */
export function outputSizes({ stdout, stderr }: JobFolder): Cursor {
  return { stdout: sizeOf(stdout), stderr: sizeOf(stderr) };
}

/** What is gone of a stream for good; null when nothing is. */
export function gapOf(path: string): Gap | null {
  const file = openOutput(path);
  file?.close();
  return file?.gap() ?? null;
}

function openPlain(path: string): OutputSource | null {
  const fd = openIfThere(path);
  if (fd === null) return null;
  const stat = fstatSync(fd);
  const size = stat.isFile() ? stat.size : 0;
  return {
    size,
    gap: () => readGap(path),
    read: (from, length) => readPlain(fd, from, Math.max(0, Math.min(length, size - from))),
    close: () => closeSync(fd),
  };
}

function readPlain(fd: number, from: number, length: number): Uint8Array {
  const window = Buffer.allocUnsafe(length);
  let filled = 0;
  while (filled < length) {
    const count = readSync(fd, window, filled, length - filled, from + filled);
    if (count === 0) break;
    filled += count;
  }
  return window.subarray(0, filled);
}
