/** A bounded view of a whole stream: its beginning and its end, with a marker in between. */
import { decodeUtf8 } from './code-points.ts';
import { type FittedPage, fitPage, jsonBytes } from './fitted-page.ts';
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
  /** Offset up to which nothing was left out. */
  wholeTo: number;
  /** The middle was left out. */
  truncated: boolean;
}

/** Causes stand at the beginning, errors at the end: the end gets the larger share. */
const HEAD_SHARE = 1 / 3;
/** Of a failure: what it came from is at its end. */
const HEAD_SHARE_OF_FAILURE = 1 / 8;

/** In less there is no room to say where what was left out lies. */
const SMALL_BUDGET = 800;

/** @param budget bytes of JSON, after cleaning and with the marker; 0 for the size alone */
export function readOutputWindow(
  output: OutputRef,
  budget: number,
  ended: boolean,
  failed = false,
): OutputWindow {
  const whole = fitFrom(output, 0, budget, ended);
  const { page, text } = whole;
  const { next, size: bytes } = page;
  if (budget === 0 || next >= bytes || isUnfinished(page, ended)) {
    return { text, bytes, next, wholeTo: next, truncated: false };
  }
  const share = failed ? HEAD_SHARE_OF_FAILURE : HEAD_SHARE;
  return headAndTail(output, whole, { budget, share, ended });
}

function headAndTail(
  output: OutputRef,
  whole: FittedPage,
  { budget, share, ended }: { budget: number; share: number; ended: boolean },
): OutputWindow {
  const gap = gapOf(output);
  const marker = (from: number, to: number, size: number): string =>
    `\n[… ${budget < SMALL_BUDGET ? countLeftOut(from, to) : describeLeftOut(from, to, size, gap)} …]\n`;
  const most = 10 * whole.page.size; // a running job may print another digit's worth meanwhile
  const forText = Math.max(0, budget - jsonBytes(marker(0, most, most)));
  const { page: head, ...start } = fitFrom(output, 0, Math.floor(forText * share), ended);
  const room = Math.floor(forText) - start.cost;
  const read = (maxBytes: number): OutputPage => readTail(output, maxBytes, ended);
  const { page: tail, ...end } = fitPage(read, (page) => present(page.bytes), room);
  const { next, size: bytes } = tail;
  if (tail.from <= head.next) {
    // Much shrinks when it is clean: both together are all of it.
    const rest = present(tail.bytes.subarray(head.next - tail.from));
    return { text: start.text + rest, bytes, next, wholeTo: next, truncated: false };
  }
  const text = start.text + marker(head.next, tail.from, bytes) + end.text;
  return { text, bytes, next, wholeTo: head.next, truncated: true };
}

function countLeftOut(from: number, to: number): string {
  return `${to - from} bytes left out`;
}

function describeLeftOut(from: number, to: number, size: number, gap: Gap | null): string {
  const leftOut = `${to - from} bytes left out: bytes ${from}–${to} of ${size}`;
  return gap ? `${leftOut}; ${describeGap(gap)}` : leftOut;
}

/** All there is, but for the first bytes of a character that its writer has not finished. */
function isUnfinished({ next, size }: OutputPage, ended: boolean): boolean {
  return !ended && size - next <= 3;
}

/** A page from an offset on, cut where its text fills the budget. */
export function fitFrom(
  output: OutputRef,
  from: number,
  budget: number,
  ended: boolean,
): FittedPage {
  return fitPage((maxBytes) => readPage(output, from, maxBytes, ended), presentPage, budget);
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
