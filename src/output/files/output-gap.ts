/**
 * The part of an output file that was given back to the disk while its job ran. Where it lies is
 * written down before the bytes go, so that nobody can mistake the zeros of a hole for output.
 */
import { closeSync, constants, fdatasync, openSync, writeSync } from 'node:fs';
import { promisify } from 'node:util';
import { readFully } from '../../os/read-fully.ts';
import { openSafely } from '../../os/safe-open.ts';

/** Bytes `from` to `to` of a stream are gone; offsets stay what they were. */
export interface Gap {
  from: number;
  to: number;
}

/**
 * A record is two numbers in a line of fixed length, added in one write. The file only grows: two
 * servers that both widen the gap cannot take anything back from each other.
 */
const RECORD_BYTES = 32;
/** The widest gap is among the newest records, however many servers wrote at once. */
const RECORDS_READ = 128;
const datasync = promisify(fdatasync);

export function gapFile(path: string): string {
  return `${path}.gap`;
}

/** The gap of the output file `path` as of now; null while there is none. */
export function readGap(path: string): Gap | null {
  const text = readEnd(gapFile(path));
  if (text === null) return null;
  let gap: Gap | null = null;
  for (const [, from, to] of text.matchAll(/^(\d+) +(\d+) *\n/gm)) {
    gap = wider(gap, { from: Number(from), to: Number(to) });
  }
  return gap;
}

function wider(gap: Gap | null, other: Gap): Gap {
  return gap && gap.to >= other.to ? gap : other;
}

/** Readers see the record at once. Resolves when it is on the disk: only then may the bytes go. */
export async function recordGap(path: string, { from, to }: Gap): Promise<void> {
  const { O_WRONLY, O_CREAT, O_APPEND, O_NOFOLLOW } = constants;
  const file = openSync(gapFile(path), O_WRONLY | O_CREAT | O_APPEND | O_NOFOLLOW, 0o600);
  try {
    writeSync(file, `${`${from} ${to}`.padEnd(RECORD_BYTES - 1)}\n`);
    await datasync(file);
  } finally {
    closeSync(file);
  }
}

function readEnd(path: string): string | null {
  const file = openSafely(path);
  if (file === null) return null;
  try {
    const { size } = file.stats;
    const start = Math.max(0, size - (size % RECORD_BYTES) - RECORDS_READ * RECORD_BYTES);
    return readFully(file.fd, start, size - start).toString('latin1');
  } finally {
    closeSync(file.fd);
  }
}
