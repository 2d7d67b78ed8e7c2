/**
 * The only reader of output. A page is a byte window, cut at a code-point border: pages read one
 * after the other are the output's bytes, and each decodes on its own. Its cost depends on the page,
 * not on the file. Where a part of the output is gone, the page begins behind it and says so.
 */
import { completeLength, skipContinuation } from './code-points.ts';
import { openOutput, type OutputRef } from './output-file.ts';
import type { OutputSource } from './output-source.ts';
import type { Gap } from './output-gap.ts';

export interface OutputPage {
  bytes: Uint8Array;
  /** Offset of the first byte. */
  from: number;
  /** Offset of the next unread byte: where the next page begins. */
  next: number;
  /** Size of the output when it was read. */
  size: number;
  /** What lay between the offset asked for and `from`, and is gone. */
  skipped?: Gap;
}

/** No code point is longer: a page may not be smaller, or reading could stand still. */
export const SMALLEST_PAGE = 4;

/**
 * Reads from offset `from`. While the writer lives (`ended` false), the beginning of a character at
 * the end of the file waits for its other half; afterwards it is delivered as it is.
 */
export function readPage(
  output: OutputRef,
  from: number,
  maxBytes: number,
  ended: boolean,
): OutputPage {
  return withOutput(output, from, (file) => {
    const span = readSpan(file, from, Math.max(maxBytes, SMALLEST_PAGE));
    const { bytes: window, from: start } = span;
    const final = span.beforeGap || (ended && start + window.length >= file.size);
    const bytes = final ? window : shown(file, start, window, ended);
    return { bytes, from: start, next: start + bytes.length, size: file.size, ...skipOf(span) };
  });
}

/** The last `maxBytes` of the output, beginning with a whole code point and behind a gap. */
export function readTail(output: OutputRef, maxBytes: number, ended: boolean): OutputPage {
  return readBefore(output, Infinity, maxBytes, ended);
}

/**
 * The last `maxBytes` before an offset, beginning with a whole code point. In a gap, or directly
 * behind one: those before the gap.
 */
export function readBefore(
  output: OutputRef,
  before: number,
  maxBytes: number,
  ended: boolean,
): OutputPage {
  return withOutput(output, 0, (file) => {
    const { size } = file;
    const gap = file.gap();
    const inGap = gap !== null && before > gap.from && before <= gap.to;
    const end = inGap ? gap.from : Math.min(before, size);
    const border = gap !== null && end > gap.to ? gap.to : 0;
    const wanted = Math.max(border, end - Math.max(maxBytes, SMALLEST_PAGE), 0);
    const { bytes: read, from: start } = readSpan(file, wanted, end - wanted);
    const window = read.subarray(0, Math.max(0, end - start));
    const skip = start === 0 || start === gap?.to ? 0 : skipContinuation(window);
    const isWhole = ended || (end < size && end <= file.settled());
    const { length } = isWhole ? window : shown(file, start, window, ended);
    const bytes = window.subarray(skip, Math.max(skip, length));
    const page = { bytes, from: start + skip, next: start + skip + bytes.length, size };
    return gap !== null && start === gap.to ? { ...page, skipped: gap } : page;
  });
}

/** Exactly the bytes at `from`, up to `maxBytes` and to a gap, wherever characters end. */
export function readBytes(output: OutputRef, from: number, maxBytes: number): Uint8Array {
  return withOutput(output, from, (file) => {
    const { bytes, from: start } = readSpan(file, from, maxBytes);
    return { bytes: start === from ? bytes : bytes.subarray(0, 0), from, next: from, size: 0 };
  }).bytes;
}

/** Without what is unfinished at the end, and without what may be the beginning of a secret. */
function shown(file: OutputSource, start: number, window: Uint8Array, ended: boolean): Uint8Array {
  const most = ended ? window.length : Math.max(0, file.settled() - start);
  return window.subarray(0, completeLength(window, Math.min(window.length, most)));
}

interface Span {
  bytes: Uint8Array;
  from: number;
  /** It ends where a gap begins: nothing will follow its last byte. */
  beforeGap: boolean;
  skipped: Gap | null;
}

/**
 * Bytes that are surely output: a gap is recorded before it is made, so what was read is good if it
 * is not part of the gap as recorded afterwards.
 */
function readSpan(file: OutputSource, from: number, length: number): Span {
  let gap = file.gap();
  for (;;) {
    const skipped = gap && from >= gap.from && from < gap.to ? { from, to: gap.to } : null;
    const start = skipped ? skipped.to : from;
    const beforeGap = gap !== null && start < gap.from && start + length >= gap.from;
    const bytes = file.read(start, beforeGap && gap ? gap.from - start : length);
    const now = file.gap();
    if (!overlaps(now, start, bytes.length)) return { bytes, from: start, beforeGap, skipped };
    gap = now;
  }
}

function overlaps(gap: Gap | null, start: number, length: number): boolean {
  return gap !== null && length > 0 && start < gap.to && start + length > gap.from;
}

function skipOf({ skipped }: Span): { skipped?: Gap } {
  return skipped ? { skipped } : {};
}

function withOutput(
  output: OutputRef,
  from: number,
  read: (file: OutputSource) => OutputPage,
): OutputPage {
  if (typeof output !== 'string') return read(output);
  const file = openOutput(output);
  if (file === null) return { bytes: new Uint8Array(), from, next: from, size: 0 };
  try {
    return read(file);
  } finally {
    file.close();
  }
}
