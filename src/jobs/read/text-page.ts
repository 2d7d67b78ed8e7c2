/** The reply of `py_job_output`: one page of text under one line that says what it is. */
import { asUntrusted } from '../context/untrusted-text.ts';
import { encodeCursor, type Cursor } from '../../core/cursor.ts';
import { invalid } from '../../core/job-error.ts';
import type { Job } from '../../core/job.ts';
import { decodeUtf8 } from '../../output/files/code-points.ts';
import type { Stream } from '../../output/files/job-folder.ts';
import { STREAMS } from '../../output/files/job-folder.ts';
import { describeGap, present } from '../../output/files/output-window.ts';
import { type OutputFiles, outputSizes } from '../../output/files/output-file.ts';
import { isOrderKnown } from '../../output/order/order-notes.ts';
import { type OrderedPage, readBackward, readForward } from '../../output/order/ordered-page.ts';
import { markedLength, markLines, type Segment } from '../../output/order/segments.ts';
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
  /** Lines of both in their order, where it is known. */
  inOrder?: readonly Segment[];
}

/** A page may become this much longer by its marks. */
const MOST_WITH_MARKS = 1.25;
/** Below this a page is not made smaller for its marks. */
const SMALLEST_ROOM = 128;

/**
 * @param ended nothing will be added to it any more
 * @throws JobError invalid_request when the cursor lies behind the end of the output.
 */
export function readOutput(
  ended: boolean,
  folder: OutputFiles,
  request: OutputRequest,
): OutputPages {
  const size = outputSizes(folder);
  for (const stream of streamsOf(request)) refuseCursorBehindEnd(request, stream, size[stream]);
  const { stream, cursor, maxBytes, tail } = request;
  if (stream === 'both') return readBoth(ended, folder, request, size);
  const page = tail
    ? readTail(folder[stream], maxBytes, ended)
    : readPage(folder[stream], cursor[stream], maxBytes, ended);
  const atEnd = ended && page.next >= page.size;
  return { pages: [{ stream, page }], next: { ...cursor, [stream]: page.next }, atEnd };
}

/** The bytes that became visible first, or last, whichever stream they are of. */
function readBoth(
  ended: boolean,
  folder: OutputFiles,
  request: OutputRequest,
  size: Cursor,
): OutputPages {
  const { maxBytes, raw } = request;
  const isMarked = !raw && isOrderKnown(folder.order);
  for (let room = maxBytes; ;) {
    const read = readPart(folder, { ...request, maxBytes: room }, size, ended);
    // Marks take five bytes a line more, which is much when lines are short.
    const length = isMarked ? markedLength(read.segments) : 0;
    if (length <= maxBytes * MOST_WITH_MARKS || room <= SMALLEST_ROOM) {
      const pages = STREAMS.map((stream) => ({ stream, page: pageOf(stream, read, size) }));
      const atEnd = ended && STREAMS.every((stream) => read.next[stream] >= size[stream]);
      return { pages, next: read.next, atEnd, ...(isMarked ? { inOrder: read.segments } : {}) };
    }
    room = Math.max(SMALLEST_ROOM, Math.floor((room * maxBytes) / length) - 1);
  }
}

function readPart(
  folder: OutputFiles,
  { cursor, maxBytes, tail }: OutputRequest,
  size: Cursor,
  ended: boolean,
): OrderedPage {
  if (tail) return readBackward(folder, size, maxBytes, ended);
  return readForward(folder, cursor, size, maxBytes, ended);
}

/** What one stream has of a page of both. */
function pageOf(stream: Stream, { segments, next }: OrderedPage, size: Cursor): OutputPage {
  const own = segments.filter((segment) => segment.stream === stream);
  const bytes = Buffer.concat(own.map((segment) => segment.bytes));
  const [first] = own;
  const from = first?.from ?? next[stream];
  const page = { bytes, from, next: next[stream], size: size[stream] };
  return first?.skipped ? { ...page, skipped: first.skipped } : page;
}

export function streamsOf({ stream }: Pick<OutputRequest, 'stream'>): readonly Stream[] {
  return stream === 'both' ? STREAMS : [stream];
}

function refuseCursorBehindEnd(request: OutputRequest, stream: Stream, size: number): void {
  const position = request.cursor[stream];
  if (request.tail || position <= size) return;
  throw invalid(
    'cursor',
    `it points at byte ${position} of ${stream}, which has ${size} bytes.`,
    'Pass the cursor of an earlier reply for this job.',
  );
}

/** Header and body as the model sees them; `after` the output comes what else there is to read. */
export function renderOutput(
  job: Job,
  read: OutputPages,
  raw: boolean,
  notes: string[],
  after = '',
): string {
  const ranges = read.pages.map(({ stream, page }) => rangeOf(stream, page));
  const goOn = read.atEnd ? 'end of output' : `next cursor ${encodeCursor(read.next)}`;
  const body = bodyOf(read, raw) + after;
  return asUntrusted(job, [...ranges, ...notes, goOn], body || '(nothing new)\n');
}

function rangeOf(stream: Stream, { from, next, size, skipped }: OutputPage): string {
  const range = `${stream} bytes ${from}–${next} of ${size}`;
  return skipped ? `${range} (${describeGap(skipped)})` : range;
}

function bodyOf(read: OutputPages, raw: boolean): string {
  const { pages, inOrder } = read;
  const shown = pages.filter(({ page }) => page.bytes.length > 0);
  if (inOrder && shown.length > 1) return inOrder.map(asMarkedLines).join('');
  const marked = pages.length > 1;
  return shown
    .map(({ stream, page }) => {
      const text = raw ? decodeUtf8(page.bytes) : present(page.bytes);
      return `${marked ? `--- ${stream} ---\n` : ''}${text}${text.endsWith('\n') ? '' : '\n'}`;
    })
    .join('');
}

function asMarkedLines(segment: Segment): string {
  return markLines(segment, present(segment.bytes));
}
