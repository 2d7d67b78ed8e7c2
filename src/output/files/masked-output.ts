/** Output with its job's secrets covered, at the one place through which all readers get it. */
import { dirname } from 'node:path';
import { maskOf } from '../secrets/job-mask.ts';
import type { Mask } from '../secrets/mask.ts';
import type { OutputSource } from './output-source.ts';

/** The source as it is when the job has no secrets. */
export function masked(path: string, source: OutputSource): OutputSource {
  const mask = maskOf(dirname(path));
  if (!mask) return source;
  let settled: number | null = null;
  return {
    ...source,
    read: (from, length) => readMasked(source, mask, from, length),
    settled: () => (settled ??= settledSize(source, mask)),
  };
}

/** What is around the bytes tells whether they are part of a value: as far as it is output. */
function readMasked(source: OutputSource, mask: Mask, from: number, length: number): Uint8Array {
  if (length <= 0) return source.read(from, length);
  const { first, end } = around(source, from);
  const start = Math.max(first, from - mask.reach);
  const stop = Math.min(end, from + length + mask.reach);
  const bytes = source.read(start, stop - start);
  mask.cover(bytes, start + bytes.length >= end);
  return bytes.subarray(from - start, from - start + length);
}

function settledSize(source: OutputSource, mask: Mask): number {
  const { first } = around(source, source.size);
  const start = Math.max(first, source.size - mask.reach);
  return start + mask.settledLength(source.read(start, source.size - start));
}

/** The stretch of output without a gap in which an offset lies. */
function around(source: OutputSource, offset: number): { first: number; end: number } {
  const gap = source.gap();
  if (!gap || offset < gap.from) return { first: 0, end: gap?.from ?? source.size };
  return { first: Math.min(offset, gap.to), end: source.size };
}
