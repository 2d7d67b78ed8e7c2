/** The reply of `py_job_output`: one page of text under one line that says what it is. */
import { randomBytes } from 'node:crypto';
import { encodeCursor, START, type Cursor } from '../../core/cursor.ts';
import { invalid } from '../../core/job-error.ts';
import { hasEnded, statusOf, type Job } from '../../core/job.ts';
import { decodeUtf8 } from '../../output/files/code-points.ts';
import type { Stream } from '../../output/files/job-folder.ts';
import { STREAMS } from '../../output/files/job-folder.ts';
import { describeGap, present } from '../../output/files/output-window.ts';
import {
  type OutputFiles,
  type OutputRef,
  outputSizes,
  sizeOf,
} from '../../output/files/output-file.ts';
import { isOrderKnown, readOrder } from '../../output/order/order-notes.ts';
import { nextInOrder } from '../../output/order/ordered-page.ts';
import { inOrder, markedLength } from '../../output/order/segments.ts';
import { type OutputPage, readPage, readTail } from '../../output/files/read-page.ts';

export interface OutputRequest {
  cursor: Cursor;
  stream: Stream | 'both';
  maxBytes: number;
  tail: boolean;
  raw: boolean;
}

export const DEFAULT_PAGE_BYTES = 8_192;

/** Raw pages of the streams asked for, and where to go on. */
export interface OutputPages {
  pages: { stream: Stream; page: OutputPage }[];
  next: Cursor;
  /** The job has ended and everything asked for has been read. */
  atEnd: boolean;
  /** The order of their lines, where it is known. */
  notes?: readonly Cursor[];
}

/** @throws JobError invalid_request when the cursor lies behind the end of the output. */
export function readOutput(job: Job, folder: OutputFiles, request: OutputRequest): OutputPages {
  const ordered = request.stream === 'both' && !request.raw && isOrderKnown(folder.order);
  const read = ordered
    ? readInOrder(job, folder, request)
    : readShares(job, folder, request, (stream, room) => fairShare(folder, request, stream, room));
  for (const { stream, page } of read.pages) refuseCursorBehindEnd(request, stream, page);
  return read;
}

/** The bytes that became visible first, or last, whichever stream they are of. */
function readInOrder(job: Job, folder: OutputFiles, request: OutputRequest): OutputPages {
  const { cursor, maxBytes, tail } = request;
  const sizes = outputSizes(folder);
  for (let room = maxBytes; ;) {
    const part = tail ? null : nextInOrder(folder, cursor, sizes, room);
    const read = readShares(job, folder, { ...request, maxBytes: room }, (stream, left) =>
      part ? part.shares[stream] : fairShare(folder, request, stream, left),
    );
    // Marks take five bytes a line more, which is much when lines are short.
    const length = markedLength(read.pages);
    if (length <= maxBytes * MOST_WITH_MARKS || room <= SMALLEST_ROOM) {
      return { ...read, notes: part?.notes ?? readOrder(folder.order, startOf(read), maxBytes) };
    }
    room = Math.max(SMALLEST_ROOM, Math.floor((room * maxBytes) / length) - 1);
  }
}

function startOf({ pages }: OutputPages): Cursor {
  const starts = pages.map(({ stream, page }) => [stream, page.from]);
  return { ...START, ...Object.fromEntries(starts) };
}

/** A page may become this much longer by its marks. */
const MOST_WITH_MARKS = 1.25;
/** Below this a page is not made smaller for its marks. */
const SMALLEST_ROOM = 128;

function readShares(
  job: Job,
  folder: OutputFiles,
  request: OutputRequest,
  shareOf: (stream: Stream, room: number) => number,
): OutputPages {
  const ended = hasEnded(job);
  const next = { ...request.cursor };
  let room = request.maxBytes;
  const pages = streamsOf(request).map((stream) => {
    const page = readShare(folder[stream], request.cursor[stream], shareOf(stream, room), {
      tail: request.tail,
      ended,
    });
    room = Math.max(0, room - page.bytes.length);
    next[stream] = page.next;
    return { stream, page };
  });
  const atEnd = ended && pages.every(({ page }) => page.next >= page.size);
  return { pages, next, atEnd };
}

function readShare(
  output: OutputRef,
  from: number,
  share: number,
  { tail, ended }: { tail: boolean; ended: boolean },
): OutputPage {
  if (tail) return readTail(output, share, ended);
  if (share > 0) return readPage(output, from, share, ended);
  return { bytes: new Uint8Array(), from, next: from, size: sizeOf(output) };
}

export function streamsOf({ stream }: Pick<OutputRequest, 'stream'>): readonly Stream[] {
  return stream === 'both' ? STREAMS : [stream];
}

/** One stream leaves the other at least half of the room, if both want it all. */
function fairShare(
  folder: OutputFiles,
  { stream: asked, tail, cursor }: OutputRequest,
  stream: Stream,
  room: number,
): number {
  if (asked !== 'both' || stream === 'stderr') return room;
  const wanted = Math.max(0, sizeOf(folder.stderr) - (tail ? 0 : cursor.stderr));
  return room - Math.min(wanted, Math.floor(room / 2));
}

function refuseCursorBehindEnd(request: OutputRequest, stream: Stream, page: OutputPage): void {
  const position = request.cursor[stream];
  if (request.tail || position <= page.size) return;
  throw invalid(
    'cursor',
    `it points at byte ${position} of ${stream}, which has ${page.size} bytes.`,
    'Pass the cursor of an earlier reply for this job.',
  );
}

/** Header and body as the model sees them. */
export function renderOutput(job: Job, read: OutputPages, raw: boolean, notes: string[]): string {
  const ranges = read.pages.map(({ stream, page }) => rangeOf(stream, page));
  const goOn = read.atEnd ? 'end of output' : `next cursor ${encodeCursor(read.next)}`;
  return asUntrusted(job, [...ranges, ...notes, goOn], bodyOf(read, raw));
}

/** `body` ends with a line end. The boundary is random: output cannot forge its end. */
export function asUntrusted(job: Job, about: string[], body: string): string {
  const boundary = randomBytes(6).toString('hex');
  const header = [
    `job ${job.id}`,
    ...about,
    `status ${statusOf(job.state)}`,
    `untrusted output up to the line ${boundary}`,
  ];
  return `${header.join(' · ')}\n${body}${boundary}`;
}

function rangeOf(stream: Stream, { from, next, size, skipped }: OutputPage): string {
  const range = `${stream} bytes ${from}–${next} of ${size}`;
  return skipped ? `${range} (${describeGap(skipped)})` : range;
}

function bodyOf(read: OutputPages, raw: boolean): string {
  const { pages, notes } = read;
  const shown = pages.filter(({ page }) => page.bytes.length > 0);
  if (shown.length === 0) return '(nothing new)\n';
  if (notes && notes.length > 0 && shown.length > 1) return inOrder(shown, notes);
  const marked = pages.length > 1;
  return shown
    .map(({ stream, page }) => {
      const text = raw ? decodeUtf8(page.bytes) : present(page.bytes);
      return `${marked ? `--- ${stream} ---\n` : ''}${text}${text.endsWith('\n') ? '' : '\n'}`;
    })
    .join('');
}
