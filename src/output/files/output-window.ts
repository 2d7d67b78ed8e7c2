/** A bounded view of a whole stream: its beginning and its end, with a marker in between. */
import { decodeUtf8 } from './code-points.ts';
import { gapOf, type OutputRef } from './output-file.ts';
import type { Gap } from './output-gap.ts';
import { type OutputPage, readPage, readTail } from './read-page.ts';
import { cleanTerminalText } from '../terminal/clean-text.ts';

export interface OutputWindow {
  text: string;
  /** Size of the whole stream. */
  bytes: number;
  /** Offset up to which the text goes. */
  next: number;
  /** The middle was left out. */
  truncated: boolean;
}

/** Causes stand at the beginning, errors at the end: the end gets the larger share. */
const HEAD_SHARE = 1 / 3;

export function readOutputWindow(
  output: OutputRef,
  maxBytes: number,
  ended: boolean,
): OutputWindow {
  const whole = readPage(output, 0, maxBytes, ended);
  if (whole.size <= maxBytes) {
    return { text: present(whole.bytes), bytes: whole.size, next: whole.next, truncated: false };
  }
  const head = readPage(output, 0, Math.floor(maxBytes * HEAD_SHARE), ended);
  const tail = readTail(output, maxBytes - head.bytes.length, ended);
  const gap = gapOf(output);
  const leftOut = `${tail.from - head.next} bytes left out: bytes ${head.next}–${tail.from} of ${tail.size}`;
  const marker = `\n[… ${leftOut}${gap ? `; ${describeGap(gap)}` : ''} …]\n`;
  return {
    text: present(head.bytes) + marker + present(tail.bytes),
    bytes: tail.size,
    next: tail.next,
    truncated: true,
  };
}

/** For readers who meet a gap: what is gone, and why. */
export function describeGap({ from, to }: Gap): string {
  return `bytes ${from}–${to} were dropped, as the output passed max_output_bytes`;
}

/** In place of what is gone: a line of its own, wherever the text before it ended. */
export function gapLine(gap: Gap): string {
  return `\n[… ${describeGap(gap)} …]\n`;
}

/** A page as text; what is gone before it is said in a line of its own. */
export function presentPage({ bytes, skipped }: OutputPage): string {
  return skipped ? gapLine(skipped) + present(bytes) : present(bytes);
}

/** Bytes as readers get them: decoded, without terminal control. */
export function present(bytes: Uint8Array): string {
  return cleanTerminalText(decodeUtf8(bytes));
}
