/** Which part of an output file to give up when it has become too large: the middle, by lines. */
import { completeLength, skipContinuation } from './code-points.ts';
import { type Gap, readGap } from './output-gap.ts';
import { openOutput } from './output-file.ts';
import type { OutputSource } from './output-source.ts';

/** How far a border may be moved to meet a line's end. */
const LINE_SEARCH_BYTES = 4096;

/**
 * The gap that leaves `headBytes` and `tailBytes`; it never becomes smaller than the one there is.
 * Null when there is nothing to give up.
 */
export function chooseGap(path: string, headBytes: number, tailBytes: number): Gap | null {
  const file = openOutput(path);
  if (file === null) return null;
  try {
    const before = readGap(path);
    const from = before?.from ?? lineEndBefore(file, Math.min(Math.floor(headBytes), file.size));
    const to = lineStartAfter(file, Math.max(from, file.size - Math.floor(tailBytes)));
    return to > (before?.to ?? from) ? { from, to } : null;
  } finally {
    file.close();
  }
}

function lineEndBefore(file: OutputSource, offset: number): number {
  const start = Math.max(0, offset - LINE_SEARCH_BYTES);
  const bytes = Buffer.from(file.read(start, offset - start));
  const lines = bytes.lastIndexOf(0x0a) + 1;
  return start + (lines > 0 ? lines : completeLength(bytes));
}

function lineStartAfter(file: OutputSource, offset: number): number {
  const bytes = Buffer.from(file.read(offset, LINE_SEARCH_BYTES));
  const lines = bytes.indexOf(0x0a) + 1;
  return offset + (lines > 0 ? lines : skipContinuation(bytes));
}
