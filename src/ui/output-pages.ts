/** Pieces of a job's output, by byte offsets: never more than is shown. */
import { getJson, query } from './api.ts';
import type { OutputEvent, OutputPage, StreamName } from './api-types.ts';

export interface Piece {
  stream: StreamName;
  from: number;
  next: number;
  bytes: Uint8Array;
}

export interface Page extends Piece {
  size: number;
}

const LEAST_PAGE_BYTES = 200;
const LINE_FEED = 10;
/** A page begins with a whole one: up to so many bytes are left out. */
const LONGEST_CHARACTER = 4;
const encoder = new TextEncoder();

/** `max` bytes at `from`; the last ones when `from` is null. */
export async function readPage(
  id: string,
  stream: StreamName,
  from: number | null,
  max: number,
  signal: AbortSignal,
): Promise<Page> {
  const place = from === null ? { tail: 1 } : { from };
  const values = { stream, max: Math.max(max, LEAST_PAGE_BYTES), ...place };
  const path = `/jobs/${encodeURIComponent(id)}/output${query(values)}`;
  const page = await getJson<OutputPage>(path, signal);
  return { stream, from: page.from, next: page.next, size: page.size, bytes: bytesOf(page) };
}

/**
 * Where to read what precedes `offset`. Of output over its limit the middle is not kept: reading
 * within that gap gives what is behind it. Directly behind a gap this is where the gap begins.
 */
export async function placeBefore(
  id: string,
  stream: StreamName,
  offset: number,
  signal: AbortSignal,
): Promise<number> {
  const isGap = async (at: number): Promise<boolean> => {
    const { from } = await readPage(id, stream, at, LEAST_PAGE_BYTES, signal);
    return from > at + LONGEST_CHARACTER;
  };
  let [low, high] = [0, offset - 1 - LONGEST_CHARACTER];
  if (high <= 0 || !(await isGap(high))) return offset;
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (await isGap(middle)) high = middle;
    else low = middle;
  }
  return high;
}

export function pieceOf(event: OutputEvent): Piece {
  return { stream: event.stream, from: event.from, next: event.next, bytes: bytesOf(event) };
}

/** Without the bytes before an offset. */
export function after<T extends Piece>(piece: T, offset: number): T {
  if (offset <= piece.from) return piece;
  const from = Math.min(offset, piece.next);
  return { ...piece, from, bytes: piece.bytes.subarray(from - piece.from) };
}

export function before<T extends Piece>(piece: T, offset: number): T {
  if (offset >= piece.next) return piece;
  const bytes = piece.bytes.subarray(0, Math.max(0, offset - piece.from));
  return { ...piece, next: Math.max(offset, piece.from), bytes };
}

/** Begins with a whole line, where there is one, and has at most so many of them. */
export function lastLines<T extends Piece>(piece: T, lines: number): T {
  let at = piece.bytes.length;
  for (let seen = 0; at > 0 && seen <= lines; seen += 1) {
    at = piece.bytes.lastIndexOf(LINE_FEED, at - 1);
  }
  if (at > 0) return after(piece, piece.from + at + 1);
  if (piece.from === 0) return piece;
  const first = piece.bytes.indexOf(LINE_FEED);
  const whole = first !== -1 && first < piece.bytes.length - 1;
  return whole ? after(piece, piece.from + first + 1) : piece;
}

export function firstLines<T extends Piece>(piece: T, lines: number): T {
  let at = -1;
  for (let seen = 0; seen < lines; seen += 1) {
    at = piece.bytes.indexOf(LINE_FEED, at + 1);
    if (at === -1) return piece;
  }
  return before(piece, piece.from + at + 1);
}

/** Small enough to place marks between them. */
export function* inParts(piece: Piece, bytes: number): Generator<Piece> {
  for (let at = piece.from; at < piece.next; at += bytes) {
    yield before(after(piece, at), at + bytes);
  }
}

function bytesOf({ text, base64 }: { text?: string | undefined; base64?: string | undefined }) {
  if (base64 === undefined) return encoder.encode(text);
  return Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
}
