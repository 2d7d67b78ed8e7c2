/** Hits of a search as text: each with its offset and the lines around it, within a byte budget. */
import { completeLength, decodeUtf8, skipContinuation } from '../files/code-points.ts';
import { present } from '../files/output-window.ts';
import { readBytes } from '../files/read-page.ts';
import type { Hit } from './search-lines.ts';
import { Turns } from '../../core/turns.ts';

export interface ShownHits {
  /** `offset:line` for a match, `offset-line` for one around it, `--` where lines are left out. */
  text: string;
  count: number;
  /** Offset after the last hit shown. */
  next: number;
}

export interface HitView {
  contextLines: number;
  maxBytes: number;
  /** Keep terminal control characters. */
  raw: boolean;
}

interface Line {
  offset: number;
  bytes: Uint8Array;
  mark: ':' | '-';
  cutBefore: boolean;
  cutAfter: boolean;
}

/** Lines around a match are looked for this far. */
const CONTEXT_BYTES = 8192;
const LONGEST_CONTEXT_LINE = 400;

/** Escapes show nothing: a reply of some bytes could be made of any amount of output. */
const MOST_CLEANED_BYTES = 512 * 1024;

/** Shows at least one hit, cut to the budget if need be. */
export async function showHits(
  path: string,
  hits: readonly Hit[],
  view: HitView,
): Promise<ShownHits> {
  const shown: ShownHits = { text: '', count: 0, next: 0 };
  const turns = new Turns();
  let end = 0; // offset after the last line shown
  let cleaned = 0;
  for (const [place, hit] of hits.entries()) {
    const lines = [
      ...linesBefore(path, Math.max(end, hit.from - CONTEXT_BYTES), hit.from, view.contextLines),
      lineOf(path, hit),
      ...linesAfter(path, hit, hits[place + 1]?.from ?? Infinity, view.contextLines),
    ];
    const leftOut = view.contextLines > 0 && place > 0 && (lines[0]?.offset ?? 0) > end;
    const text = (leftOut ? '--\n' : '') + lines.map((line) => lineText(line, view.raw)).join('');
    const room = view.maxBytes - Buffer.byteLength(shown.text);
    if (place > 0 && (Buffer.byteLength(text) > room || cleaned > MOST_CLEANED_BYTES)) break;
    cleaned += lines.reduce((sum, { bytes }) => sum + bytes.length, 0);
    shown.text += cutTo(text, room);
    shown.count += 1;
    shown.next = hit.cutAfter ? hit.to : hit.to + 1;
    end = Math.max(shown.next, endOf(lines.at(-1)));
    await turns.pause();
  }
  return shown;
}

function lineOf(path: string, { from, to, cutBefore, cutAfter }: Hit): Line {
  const bytes = readBytes(path, from, to - from);
  const skip = cutBefore ? skipContinuation(bytes) : 0;
  const length = cutAfter ? completeLength(bytes) : bytes.length;
  const whole = bytes.subarray(skip, Math.max(skip, length));
  return { offset: from + skip, bytes: whole, mark: ':', cutBefore, cutAfter };
}

/** The last `count` lines before `to`, none of them from before `from`. */
function linesBefore(path: string, from: number, to: number, count: number): Line[] {
  if (count === 0 || to <= from) return [];
  const bytes = Buffer.from(readBytes(path, from, to - from));
  if (bytes.length < to - from) return []; // a gap begins in between
  const lines: Line[] = [];
  for (let end = bytes.length; end > 0 && lines.length < count;) {
    // The line's own end is the byte before `end`, unless a long line goes on with the hit.
    const last = bytes[end - 1] === 0x0a ? end - 1 : end;
    const start = last === 0 ? 0 : bytes.lastIndexOf(0x0a, last - 1) + 1;
    if (last === end) return [];
    lines.unshift(contextLine(from + start, bytes.subarray(start, last), start === 0));
    end = start;
  }
  return lines;
}

/** The first `count` lines after a hit's, up to `until`. */
function linesAfter(path: string, hit: Hit, until: number, count: number): Line[] {
  if (count === 0 || hit.cutAfter) return [];
  const from = hit.to + 1;
  const bytes = Buffer.from(readBytes(path, from, Math.min(CONTEXT_BYTES, until - from)));
  const lines: Line[] = [];
  for (let start = 0; start < bytes.length && lines.length < count;) {
    const found = bytes.indexOf(0x0a, start);
    const end = found < 0 ? bytes.length : found;
    lines.push(contextLine(from + start, bytes.subarray(start, end), false));
    start = end + 1;
  }
  return lines;
}

/** `open`: it may have begun before the bytes that were read. */
function contextLine(offset: number, bytes: Uint8Array, open: boolean): Line {
  const tooLong = bytes.length > LONGEST_CONTEXT_LINE;
  const first = open && tooLong ? bytes.length - LONGEST_CONTEXT_LINE : 0;
  const part = bytes.subarray(first, first + LONGEST_CONTEXT_LINE);
  const cutAfter = tooLong && first === 0;
  return { offset: offset + first, bytes: part, mark: '-', cutBefore: first > 0, cutAfter };
}

function lineText({ offset, bytes, mark, cutBefore, cutAfter }: Line, raw: boolean): string {
  const text = raw ? decodeUtf8(bytes) : present(bytes);
  return `${offset}${mark}${cutBefore ? '…' : ''}${text}${cutAfter ? '…' : ''}\n`;
}

function endOf(line: Line | undefined): number {
  return line ? line.offset + line.bytes.length + 1 : 0;
}

function cutTo(text: string, maxBytes: number): string {
  if (Buffer.byteLength(text) <= maxBytes) return text;
  const bytes = Buffer.from(text);
  const length = completeLength(bytes, Math.max(0, maxBytes - 4));
  return `${bytes.toString('utf8', 0, length)}…\n`;
}
