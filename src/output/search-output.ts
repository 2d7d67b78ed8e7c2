/**
 * Looks for a pattern in the lines of one stream: in pieces that leave the event loop free, for a
 * limited time, in memory that does not depend on the output.
 */
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Gap } from './output-gap.ts';
import type { Pattern } from './pattern.ts';
import { type OutputPage, readPage } from './read-page.ts';

/** A line that matches, or in a line too long to be shown the surroundings of a match. */
export interface Hit {
  /** Of the match itself. */
  offset: number;
  /** What to show: bytes `from` to `to`, without the end of the line. */
  from: number;
  to: number;
  cutBefore: boolean;
  cutAfter: boolean;
}

export interface SearchRequest {
  pattern: Pattern;
  from: number;
  /** More hits are counted, but not returned. */
  maxHits: number;
  /** Where `performance.now()` may be when it stops. */
  deadline: number;
}

export interface SearchResult {
  hits: Hit[];
  /** In everything that was searched. */
  count: number;
  from: number;
  /** Searched up to here. */
  to: number;
  /** Size of the output when it ended. */
  size: number;
  /** What could not be searched, because it is gone. */
  skipped: Gap | null;
}

/** Longer lines are shown in parts. */
export const LONGEST_LINE = 4096;
/** Two pieces of a line that is longer than a piece have this much in common. */
const OVERLAP = LONGEST_LINE;
/** Bytes shown of a line that is too long. */
const SURROUNDINGS = 400;
const SMALLEST_PIECE = 4 * OVERLAP;
const LARGEST_PIECE = 1024 * 1024;
/** Pieces are as large as can be searched in this time: it is how long others wait. */
const PIECE_MS = 10;

/** One piece of the stream, and what is known about its borders. */
interface Piece {
  bytes: Buffer;
  from: number;
  /** It begins inside a line, of which everything before `seenTo` was searched before. */
  seenTo: number | null;
  endsLine: boolean;
  next: number;
  size: number;
}

export async function searchOutput(path: string, request: SearchRequest): Promise<SearchResult> {
  const result: SearchResult = { hits: [], count: 0, skipped: null, ...startOf(request) };
  let length = SMALLEST_PIECE;
  let seenTo: number | null = null;
  for (let at = request.from; ;) {
    const page = readPage(path, at, length, true);
    if (page.skipped) [seenTo, result.skipped] = [null, page.skipped];
    const piece = pieceOf(page, seenTo);
    const began = performance.now();
    searchPiece(piece, request, result);
    const took = performance.now() - began;
    [result.to, result.size] = [piece.from + piece.bytes.length, piece.size];
    if (piece.next >= piece.size || piece.bytes.length === 0) return result;
    if (performance.now() > request.deadline) return result;
    seenTo = piece.endsLine ? null : result.to;
    at = piece.next;
    length = took < PIECE_MS / 2 ? length * 2 : took > PIECE_MS * 2 ? length / 2 : length;
    length = Math.max(SMALLEST_PIECE, Math.min(LARGEST_PIECE, length));
    await nextTurn();
  }
}

function startOf({ from }: SearchRequest): Pick<SearchResult, 'from' | 'to' | 'size'> {
  return { from, to: from, size: from };
}

/** Whole lines where there are any; else a part of a line, the end of which is looked at again. */
function pieceOf({ bytes: page, from, next, size }: OutputPage, seenTo: number | null): Piece {
  const bytes = Buffer.from(page.buffer, page.byteOffset, page.length);
  const lines = next >= size ? bytes.length : bytes.lastIndexOf(0x0a) + 1;
  if (lines > 0) {
    const whole = bytes.subarray(0, lines);
    return { bytes: whole, from, seenTo, endsLine: true, next: from + lines, size };
  }
  const step = Math.max(1, bytes.length - OVERLAP);
  return { bytes, from, seenTo, endsLine: false, next: from + step, size };
}

function searchPiece(piece: Piece, request: SearchRequest, result: SearchResult): void {
  const { bytes } = piece;
  if (bytes.length === 0) return;
  const matcher = request.pattern.matcher(bytes);
  for (let at = 0; at <= bytes.length && matcher.find(at);) {
    const [start, end] = [matcher.start(), matcher.end()];
    // Behind the last line end there is no line.
    if (start === bytes.length && start > 0 && bytes[start - 1] === 0x0a) return;
    if (isOfNeighbour(piece, start, end)) {
      at = Math.max(at, start) + 1;
      continue;
    }
    const hit = hitAt(piece, start, end);
    result.count += 1;
    if (result.hits.length < request.maxHits) result.hits.push(hit);
    at = Math.max(end, hit.to - piece.from) + 1;
    if (performance.now() > request.deadline + PIECE_MS) return cutShort(piece, at);
  }
}

/** So many matches that even one piece takes too long: it counts only up to here. */
function cutShort(piece: Piece, at: number): void {
  piece.bytes = piece.bytes.subarray(0, Math.min(at, piece.bytes.length));
  piece.next = piece.from + piece.bytes.length;
}

/** In a part of a line: found before, or false because the part's border looks like the line's. */
function isOfNeighbour(
  { bytes, from, seenTo, endsLine }: Piece,
  start: number,
  end: number,
): boolean {
  if (seenTo !== null && (start === 0 || from + end <= seenTo)) return true;
  return !endsLine && end === bytes.length && start >= bytes.length - OVERLAP;
}

function hitAt({ bytes, from, seenTo, endsLine }: Piece, start: number, end: number): Hit {
  const lineStart = start === 0 ? 0 : bytes.lastIndexOf(0x0a, start - 1) + 1;
  const found = bytes.indexOf(0x0a, Math.max(start, end - 1));
  const lineEnd = found < 0 ? bytes.length : found;
  const openStart = lineStart === 0 && seenTo !== null;
  const openEnd = found < 0 && !endsLine;
  if (lineEnd - lineStart <= LONGEST_LINE && !openStart && !openEnd) {
    const whole = { cutBefore: false, cutAfter: false };
    return { offset: from + start, from: from + lineStart, to: from + lineEnd, ...whole };
  }
  const first = Math.max(lineStart, start - Math.floor(SURROUNDINGS / 2));
  const last = Math.min(
    lineEnd,
    Math.max(first + SURROUNDINGS, Math.min(end, first + LONGEST_LINE)),
  );
  const cut = { cutBefore: openStart || first > lineStart, cutAfter: openEnd || last < lineEnd };
  return { offset: from + start, from: from + first, to: from + last, ...cut };
}
