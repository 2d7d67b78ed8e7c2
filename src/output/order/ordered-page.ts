/**
 * Pages of both streams together, in the order in which they became visible. As with one stream, a
 * page ends where a gap begins, and the next one begins behind it and says so.
 */
import { type Cursor, START } from '../../core/cursor.ts';
import { skipContinuation } from '../files/code-points.ts';
import { type Stream, STREAMS } from '../files/job-folder.ts';
import {
  largest,
  MOST_NOTES,
  type Note,
  notesAround,
  readOrder,
  readOrderBefore,
  smallest,
} from './order-notes.ts';
import { gapOf, type OutputFiles, type OutputRef } from '../files/output-file.ts';
import type { Gap } from '../files/output-gap.ts';
import { type Segment, segmentsInOrder, sharesInOrder } from './segments.ts';
import { type OutputPage, readBytes, readPage } from '../files/read-page.ts';

export interface OrderedPage {
  segments: Segment[];
  /** Where a page that is read before this one ends. */
  from: Cursor;
  /** Where the next page begins. */
  next: Cursor;
}

type Gaps = Record<Stream, Gap | null>;

/** An unfinished line up to this long comes with the next page, which has the rest of it. */
const LONGEST_KEPT_BACK = 4_096;
const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;

/** The next bytes at `from`, at most about `maxBytes`; nothing from `end` on. */
export function readForward(
  folder: OutputFiles,
  from: Cursor,
  end: Cursor,
  maxBytes: number,
  ended: boolean,
): OrderedPage {
  const { notes, shares } = nextInOrder(folder, from, end, maxBytes);
  const pages = STREAMS.map((stream) => ({
    stream,
    page: readShare(folder[stream], from[stream], shares[stream], ended),
  }));
  const { lines, unfinished } = segmentsInOrder(pages, notes);
  const isLast = pages.every(({ stream, page }) => page.next >= end[stream]);
  const kept = isLast || lines.length === 0 ? [] : unfinished.filter(isShortLine);
  const segments = [...lines, ...unfinished.filter((segment) => !kept.includes(segment))];
  return { segments, from, next: endOf(segments, from) };
}

/** How much of each stream makes up the next bytes at `from`, and the notes on their order. */
function nextInOrder(
  folder: OutputFiles,
  from: Cursor,
  end: Cursor,
  maxBytes: number,
): { notes: Note[]; shares: Cursor } {
  const gaps = gapsOf(folder);
  const start = moved(from, gaps, (at, gap) => (at >= gap.from && at < gap.to ? gap.to : at));
  const limit = largest(start, end);
  const read = readOrder(folder.order, start, maxBytes).map((note) => smallest(note, limit));
  const notes = upToGaps(read.length < MOST_NOTES ? [...read, limit] : read, start, gaps);
  const shares = sharesInOrder(notes, start, maxBytes) ?? distance(start, notes.at(-1) ?? limit);
  return { notes, shares };
}

/** The last bytes before `before`, at most about `maxBytes`, beginning with whole lines. */
export function readBackward(
  folder: OutputFiles,
  before: Cursor,
  maxBytes: number,
  ended: boolean,
): OrderedPage {
  const gaps = gapsOf(folder);
  const end = moved(before, gaps, (at, gap) => (at > gap.from && at <= gap.to ? gap.from : at));
  const read = readOrderBefore(folder.order, end, maxBytes);
  const notes = downToGaps(read.length < MOST_NOTES ? [...read, START] : read, end, gaps);
  // Backwards everything is mirrored: offsets are taken from the other end.
  const mirrored = notes.map((note) => distance(note, START));
  const shares =
    sharesInOrder(mirrored, distance(end, START), maxBytes) ?? distance(notes.at(-1) ?? START, end);
  const pages = STREAMS.map((stream) => ({
    stream,
    page: readShareBefore(folder[stream], end[stream], shares[stream], gaps[stream], ended),
  }));
  const { lines, unfinished } = segmentsInOrder(pages, notes.toReversed());
  const from = cursorOf((stream) => startOf(pages[STREAMS.indexOf(stream)]?.page, end[stream]));
  const next = cursorOf((stream) => pages[STREAMS.indexOf(stream)]?.page.next ?? end[stream]);
  return { segments: [...lines, ...unfinished], from, next };
}

/** Where in the order a byte of one stream stands. */
export function placeInOrder(
  folder: OutputFiles,
  stream: Stream,
  offset: number,
  end: Cursor,
): Cursor {
  const [before, behind] = notesAround(folder.order, stream, offset, end);
  return placeBetween(before, behind, stream, offset);
}

/** Between two notes stdout comes first. */
function placeBetween(before: Note, behind: Note, stream: Stream, offset: number): Cursor {
  if (stream === 'stdout') return { stdout: offset, stderr: before.stderr };
  return { stdout: behind.stdout, stderr: offset };
}

function upToGaps(notes: Note[], start: Cursor, gaps: Gaps): Note[] {
  return STREAMS.reduce((cut, stream) => {
    const { from } = gaps[stream] ?? { from: 0 };
    const place = cut.findIndex((note) => note[stream] > from);
    const behind = cut[place];
    if (start[stream] >= from || !behind) return cut;
    const before = cut[place - 1] ?? start;
    return [...cut.slice(0, place), placeBetween(before, behind, stream, from)];
  }, notes);
}

/** @param notes newest first, all before `end` */
function downToGaps(notes: Note[], end: Cursor, gaps: Gaps): Note[] {
  return STREAMS.reduce((cut, stream) => {
    const { to } = gaps[stream] ?? { to: 0 };
    const place = cut.findIndex((note) => note[stream] < to);
    const before = cut[place];
    if (end[stream] <= to || !before) return cut;
    const behind = cut[place - 1] ?? end;
    return [...cut.slice(0, place), placeBetween(before, behind, stream, to)];
  }, notes);
}

function readShare(output: OutputRef, from: number, share: number, ended: boolean): OutputPage {
  return share > 0 ? readPage(output, from, share, ended) : nothingAt(from);
}

/** Directly behind a gap it says so, as a page does that was asked for within. */
function readShareBefore(
  output: OutputRef,
  end: number,
  share: number,
  gap: Gap | null,
  ended: boolean,
): OutputPage {
  if (share === 0) return nothingAt(end);
  const from = end - share;
  const page = cutAt(readPage(output, from === gap?.to ? gap.from : from, share, ended), end);
  return page.skipped || from === 0 ? page : withoutPartOfLine(output, page);
}

function cutAt(page: OutputPage, end: number): OutputPage {
  if (page.next <= end) return page;
  return { ...page, bytes: page.bytes.subarray(0, end - page.from), next: end };
}

function withoutPartOfLine(output: OutputRef, page: OutputPage): OutputPage {
  const { bytes, from } = page;
  if (readBytes(output, from - 1, 1)[0] === LINE_FEED) return page;
  const line = bytes.indexOf(LINE_FEED) + 1;
  const skip = line > 0 && line < bytes.length ? line : skipContinuation(bytes);
  return { ...page, bytes: bytes.subarray(skip), from: from + skip };
}

function nothingAt(from: number): OutputPage {
  return { bytes: new Uint8Array(), from, next: from, size: 0 };
}

function startOf(page: OutputPage | undefined, end: number): number {
  return page?.skipped?.from ?? page?.from ?? end;
}

function endOf(segments: readonly Segment[], before: Cursor): Cursor {
  return cursorOf(
    (wanted) => segments.findLast(({ stream }) => stream === wanted)?.next ?? before[wanted],
  );
}

/** A bar that is drawn over and over is not kept back: it may never be finished. */
function isShortLine({ bytes }: Segment): boolean {
  return bytes.length <= LONGEST_KEPT_BACK && !bytes.includes(CARRIAGE_RETURN);
}

function gapsOf(folder: OutputFiles): Gaps {
  return { stdout: gapOf(folder.stdout), stderr: gapOf(folder.stderr) };
}

function moved(at: Cursor, gaps: Gaps, move: (at: number, gap: Gap) => number): Cursor {
  return cursorOf((stream) => {
    const gap = gaps[stream];
    return gap ? move(at[stream], gap) : at[stream];
  });
}

function distance(from: Cursor, to: Cursor): Cursor {
  return { stdout: to.stdout - from.stdout, stderr: to.stderr - from.stderr };
}

function cursorOf(at: (stream: Stream) => number): Cursor {
  return { stdout: at('stdout'), stderr: at('stderr') };
}
