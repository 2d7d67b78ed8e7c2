/** Pieces of a job's output, by byte offsets: never more than is shown. */
import type { Segment, StreamName } from '../api/api-types.ts';

/** A position in both streams. */
export type Place = Record<StreamName, number>;

export interface Piece {
  stream: StreamName;
  from: number;
  next: number;
  bytes: Uint8Array;
  /** What lay before it and is gone. */
  skipped?: { from: number; to: number } | undefined;
}

/** Pieces in the order in which they are shown. */
export interface Page {
  pieces: Piece[];
  from: Place;
  next: Place;
  /** Of the streams that were asked for, when they were read. */
  size: Partial<Place>;
}

export const START: Place = { stdout: 0, stderr: 0 };

const LINE_FEED = 10;
const encoder = new TextEncoder();

export function pieceOf({ stream, from, next, skipped, ...content }: Segment): Piece {
  return { stream, from, next, skipped, bytes: bytesOf(content) };
}

export function bytesOf({ text, base64 }: Pick<Segment, 'text' | 'base64'>): Uint8Array {
  if (base64 === undefined) return encoder.encode(text);
  return Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
}

/** Without the bytes before an offset. */
export function after(piece: Piece, offset: number): Piece {
  if (offset <= piece.from) return piece;
  const from = Math.min(offset, piece.next);
  const bytes = piece.bytes.subarray(from - piece.from);
  return { stream: piece.stream, from, next: piece.next, bytes };
}

export function before(piece: Piece, offset: number): Piece {
  if (offset >= piece.next) return piece;
  const bytes = piece.bytes.subarray(0, Math.max(0, offset - piece.from));
  return { ...piece, next: Math.max(offset, piece.from), bytes };
}

/** Begins with a whole line, where there is one. */
export function wholeLines(piece: Piece): Piece {
  if (piece.from === 0 || piece.skipped) return piece;
  const first = piece.bytes.indexOf(LINE_FEED);
  const whole = first !== -1 && first < piece.bytes.length - 1;
  return whole ? after(piece, piece.from + first + 1) : piece;
}

/** The end of a page: at most so many lines of it. */
export function lastLines(page: Page, lines: number): Page {
  const pieces: Piece[] = [];
  let left = lines;
  for (const piece of page.pieces.toReversed()) {
    if (left <= 0) break;
    const { kept, count } = lastLinesOf(piece, left);
    pieces.unshift(kept);
    left -= count;
  }
  return {
    ...page,
    pieces,
    from: placeOf((stream) => startIn(pieces, stream) ?? page.next[stream]),
  };
}

export function firstLines(page: Page, lines: number): Page {
  const pieces: Piece[] = [];
  let left = lines;
  for (const piece of page.pieces) {
    if (left <= 0) break;
    const { kept, count } = firstLinesOf(piece, left);
    pieces.push(kept);
    left -= count;
  }
  return { ...page, pieces, next: placeOf((stream) => endIn(pieces, stream) ?? page.from[stream]) };
}

function lastLinesOf(piece: Piece, lines: number): { kept: Piece; count: number } {
  let at = piece.bytes.length;
  let count = -1; // the line feed at the end begins no line
  for (; at > 0 && count < lines; count += 1) at = piece.bytes.lastIndexOf(LINE_FEED, at - 1);
  return at > 0 ? { kept: after(piece, piece.from + at + 1), count } : { kept: piece, count };
}

function firstLinesOf(piece: Piece, lines: number): { kept: Piece; count: number } {
  let at = -1;
  for (let count = 0; count < lines; count += 1) {
    at = piece.bytes.indexOf(LINE_FEED, at + 1);
    if (at === -1) return { kept: piece, count };
  }
  return { kept: before(piece, piece.from + at + 1), count: lines };
}

function startIn(pieces: readonly Piece[], wanted: StreamName): number | undefined {
  const first = pieces.find(({ stream }) => stream === wanted);
  return first?.skipped?.from ?? first?.from;
}

function endIn(pieces: readonly Piece[], wanted: StreamName): number | undefined {
  return pieces.findLast(({ stream }) => stream === wanted)?.next;
}

export function placeOf(at: (stream: StreamName) => number): Place {
  return { stdout: at('stdout'), stderr: at('stderr') };
}

/** Some `bytes` together, to place marks between; they begin with lines, or at least characters. */
export function* inParts(pieces: readonly Piece[], bytes: number): Generator<Piece[]> {
  let part: Piece[] = [];
  let length = 0;
  for (const piece of pieces.flatMap((whole) => [...cutUp(whole, bytes)])) {
    part.push(piece);
    length += piece.bytes.length;
    if (length < bytes) continue;
    yield part;
    [part, length] = [[], 0];
  }
  if (part.length > 0) yield part;
}

function* cutUp(piece: Piece, most: number): Generator<Piece> {
  for (let rest = piece; rest.bytes.length > 0;) {
    const end = rest.from + partLength(rest.bytes, most);
    yield before(rest, end);
    rest = after(rest, end);
  }
}

function partLength(bytes: Uint8Array, most: number): number {
  if (bytes.length <= most) return bytes.length;
  const line = bytes.lastIndexOf(LINE_FEED, most - 1) + 1;
  if (line > 0) return line;
  let length = most;
  while (length > most - 4 && length > 1 && isContinuation(bytes[length])) length -= 1;
  return length;
}

function isContinuation(byte: number | undefined): boolean {
  return byte !== undefined && (byte & 0xc0) === 0x80;
}
