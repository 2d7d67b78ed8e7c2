/**
 * Where a line of a stream is, and which line is somewhere: counted from a place that is known, for
 * a limited time, in turns that leave the event loop free.
 */
import { Turns } from '../../core/turns.ts';
import { type OutputPage, readPage } from '../files/read-page.ts';

/** The line with this number, or the one with the byte at this offset. */
export type Wanted = { line: number } | { offset: number };

export interface LinePlace {
  /** Number of the line, from 1. */
  line: number;
  /** Of its first byte. */
  offset: number;
  /** Where to count on with this line; null when it is the one that was wanted, or the last. */
  next: number | null;
  /** False: lines before it are gone, so that nobody knows its number. */
  exact: boolean;
}

export interface KnownPlace {
  line: number;
  offset: number;
}

const PIECE_BYTES = 256 * 1024;
const LINE_FEED = 0x0a;

/** @param deadline as `performance.now()` */
export async function placeOfLine(
  path: string,
  wanted: Wanted,
  known: KnownPlace,
  deadline: number,
): Promise<LinePlace> {
  const place: LinePlace = { ...known, next: known.offset, exact: true };
  const turns = new Turns();
  while (place.next !== null) {
    const page = readPage(path, place.next, PIECE_BYTES, true);
    const isFound = countIn(page, wanted, place);
    place.next = isFound || page.next >= page.size ? null : page.next;
    if (performance.now() > deadline) break;
    await turns.pause();
  }
  return place;
}

/** Moves the place to the last line of the page, or to the one that is wanted. */
function countIn(page: OutputPage, wanted: Wanted, place: LinePlace): boolean {
  if (isReached(wanted, place, page.skipped?.from ?? page.from)) return true;
  if (page.skipped) Object.assign(place, { exact: false, offset: page.from });
  const bytes = Buffer.from(page.bytes.buffer, page.bytes.byteOffset, page.bytes.byteLength);
  for (let at = bytes.indexOf(LINE_FEED); at !== -1; at = bytes.indexOf(LINE_FEED, at + 1)) {
    const offset = page.from + at + 1;
    if (isReached(wanted, place, offset - 1) || offset >= page.size) return true;
    place.line += 1;
    place.offset = offset;
  }
  return isReached(wanted, place, page.next - 1);
}

/** @param to the line goes on to here, at least */
function isReached(wanted: Wanted, { line }: KnownPlace, to: number): boolean {
  return 'line' in wanted ? line >= wanted.line : to >= wanted.offset;
}
