/**
 * Output as one file to take away. Where a part of it is gone, a line says so in its place, and what
 * is left follows.
 */
import type { Cursor } from '../../core/cursor.ts';
import type { JobFolder } from '../../output/files/job-folder.ts';
import { readForward } from '../../output/order/ordered-page.ts';
import type { Segment } from '../../output/order/segments.ts';
import { gapOf } from '../../output/files/output-file.ts';
import type { Gap } from '../../output/files/output-gap.ts';
import { gapLine } from '../../output/files/output-window.ts';
import { readBytes } from '../../output/files/read-page.ts';

/** Bytes `from`–`to`, the last one not included. */
interface Range {
  from: number;
  to: number;
}

export interface Download {
  /** Of the file as of now; null when it is not known before it was read. */
  size: number | null;
  /** Nothing can change any more: neither what is there nor what is gone. */
  settled: boolean;
  /** Gives the next bytes of the range, or of the whole file; null at its end. */
  open(range: Range | null): () => Uint8Array | null;
}

/** Bytes of a log, or what is said in their place. */
type Part = (Range & { path: string }) | Uint8Array;

const CHUNK_BYTES = 65_536;

/** Bytes of some logs, one after the other. The end is fixed now: what is added is not of this file. */
export function streamDownload(
  ranges: readonly (Range & { path: string })[],
  settled: boolean,
): Download {
  const parts = ranges.flatMap(({ path, from, to }) => partsOf(path, from, to));
  const size = parts.reduce((sum, part) => sum + lengthOf(part), 0);
  const open = (range: Range | null) => {
    if (range) return reader(cut(parts, range), () => null);
    return reader([...parts], settled ? () => null : again);
  };
  return { size, settled, open };
}

/** Both streams in the order in which they became visible: how long that is, nobody knows before. */
export function orderedDownload(
  folder: JobFolder,
  from: Cursor,
  end: Cursor,
  settled: boolean,
): Download {
  const open = () => {
    let cursor = from;
    return (): Uint8Array | null => {
      const { segments, next } = readForward(folder, cursor, end, CHUNK_BYTES, true);
      cursor = next;
      if (segments.length > 0) return Buffer.concat(segments.flatMap(withMarker));
      if (!settled || (next.stdout >= end.stdout && next.stderr >= end.stderr)) return null;
      throw new Error('the output was removed while it was sent');
    };
  };
  return { size: null, settled, open };
}

function withMarker({ bytes, skipped }: Segment): Uint8Array[] {
  return skipped ? [marker(skipped), bytes] : [bytes];
}

function partsOf(path: string, from: number, to: number): Part[] {
  const gap = gapOf(path);
  if (!gap || gap.to <= from || gap.from >= to) return from < to ? [{ path, from, to }] : [];
  const missing = { from: Math.max(from, gap.from), to: Math.min(to, gap.to) };
  const parts = [{ path, from, to: missing.from }, marker(missing), { path, from: missing.to, to }];
  return parts.filter((part) => lengthOf(part) > 0);
}

function marker(gap: Gap): Uint8Array {
  return Buffer.from(gapLine(gap));
}

function lengthOf(part: Part): number {
  return part instanceof Uint8Array ? part.length : part.to - part.from;
}

function cut(parts: readonly Part[], { from, to }: Range): Part[] {
  let at = 0;
  return parts.flatMap((part): Part[] => {
    const [start, end] = [Math.max(0, from - at), Math.min(lengthOf(part), to - at)];
    at += lengthOf(part);
    if (start >= end) return [];
    if (part instanceof Uint8Array) return [part.subarray(start, end)];
    return [{ path: part.path, from: part.from + start, to: part.from + end }];
  });
}

/** What may be given up while it is read: looked at again. */
function again({ path, from, to }: Range & { path: string }): Part[] | null {
  const parts = partsOf(path, from, to);
  return parts[0] instanceof Uint8Array ? parts : null;
}

/**
 * @param instead what there is to read in place of a part that is gone since we looked. Null: a
 * length was promised that cannot be kept.
 */
function reader(
  parts: Part[],
  instead: (part: Range & { path: string }) => Part[] | null,
): () => Uint8Array | null {
  const next = (): Uint8Array | null => {
    const part = parts.shift();
    if (!part || part instanceof Uint8Array) return part ?? null;
    const bytes = readBytes(part.path, part.from, Math.min(CHUNK_BYTES, lengthOf(part)));
    const rest = { ...part, from: part.from + bytes.length };
    if (bytes.length > 0) {
      if (rest.from < rest.to) parts.unshift(rest);
      return bytes;
    }
    const others = instead(part);
    if (others === null) throw new Error('a part of the output was given up while it was sent');
    parts.unshift(...others);
    return next();
  };
  return next;
}
