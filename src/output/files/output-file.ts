/** One stream of a job on disk, being written or at rest: the same to every reader. */
import { closeSync, fstatSync, statSync } from 'node:fs';
import type { Cursor } from '../../core/cursor.ts';
import { readFully } from '../../os/read-fully.ts';
import { openSafely } from '../../os/safe-open.ts';
import type { JobFolder, Stream } from './job-folder.ts';
import { type Gap, readGap } from './output-gap.ts';
import type { OutputSource } from './output-source.ts';
import { masked } from './masked-output.ts';
import { openPacked } from './packed-file.ts';

/** Null when there is no such output (yet, or any more). */
export function openOutput(path: string): OutputSource | null {
  const source = openPlain(path) ?? openPacked(path);
  return source && masked(path, source);
}

/** A stream by its path, or as it was opened for a reply. */
export type OutputRef = string | OutputSource;

/** What a reader needs to know of a job's folder: its streams, and the notes on their order. */
export interface OutputFiles {
  stdout: OutputRef;
  stderr: OutputRef;
  order: string;
}

const NO_OUTPUT: OutputSource = {
  size: 0,
  gap: () => null,
  read: () => new Uint8Array(),
  settled: () => 0,
  close: () => {},
};

export type OpenedOutput = OutputFiles & Record<Stream, OutputSource>;

/** The output as of now, each stream opened once for all that `read` asks of it. */
export function withOpened<T>(folder: JobFolder, read: (output: OpenedOutput) => T): T {
  const stdout = openOutput(folder.stdout) ?? NO_OUTPUT;
  try {
    const stderr = openOutput(folder.stderr) ?? NO_OUTPUT;
    try {
      return read({ stdout, stderr, order: folder.order });
    } finally {
      stderr.close();
    }
  } finally {
    stdout.close();
  }
}

/** Bytes that were written to a stream; 0 while it does not exist. */
export function sizeOf(output: OutputRef): number {
  if (typeof output !== 'string') return output.size;
  const path = output;
  const stat = statSync(path, { throwIfNoEntry: false });
  if (stat) return stat.size;
  const packed = openPacked(path);
  packed?.close();
  return packed?.size ?? 0;
}

/** Of both streams of a job, which is where a reader of all that is there ends. */
export function outputSizes({ stdout, stderr }: OutputFiles): Cursor {
  return { stdout: sizeOf(stdout), stderr: sizeOf(stderr) };
}

/** What is gone of a stream for good; null when nothing is. */
export function gapOf(output: OutputRef): Gap | null {
  if (typeof output !== 'string') return output.gap();
  const path = output;
  const file = openOutput(path);
  try {
    return file?.gap() ?? null;
  } finally {
    file?.close();
  }
}

function packedGap(path: string): Gap | null {
  const packed = openPacked(path);
  packed?.close();
  return packed?.gap() ?? null;
}

function openPlain(path: string): OutputSource | null {
  const file = openSafely(path);
  if (file === null) return null;
  const { fd, stats } = file;
  return {
    size: stats.size,
    // Packing takes the plain file away, and then the record of its gap, which is in the packed one.
    gap: () => readGap(path) ?? (fstatSync(fd).nlink === 0 ? packedGap(path) : null),
    read: (from, length) => readFully(fd, from, Math.max(0, Math.min(length, stats.size - from))),
    settled: () => stats.size,
    close: () => closeSync(fd),
  };
}
