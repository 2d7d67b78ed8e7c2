/** The reply of `py_job_output`: one page of text under one line that says what it is. */
import { randomBytes } from 'node:crypto';
import { encodeCursor, type Cursor } from '../core/cursor.ts';
import { invalid } from '../core/job-error.ts';
import { hasEnded, statusOf, type Job } from '../core/job.ts';
import { decodeUtf8 } from '../output/code-points.ts';
import type { JobFolder, Stream } from '../output/job-folder.ts';
import { STREAMS } from '../output/job-folder.ts';
import { describeGap, present } from '../output/output-window.ts';
import { type OutputPage, readPage, readTail } from '../output/read-page.ts';

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
}

/** @throws JobError invalid_request when the cursor lies behind the end of the output. */
export function readOutput(job: Job, folder: JobFolder, request: OutputRequest): OutputPages {
  const ended = hasEnded(job);
  const next = { ...request.cursor };
  let room = request.maxBytes;
  const pages = streamsOf(request).map((stream, index, streams) => {
    // The first stream leaves the other at least half of what remains, if both want it all.
    const share = index < streams.length - 1 ? fairShare(folder, request, stream, room) : room;
    const page = request.tail
      ? readTail(folder[stream], share, ended)
      : readPage(folder[stream], request.cursor[stream], share, ended);
    refuseCursorBehindEnd(request, stream, page);
    room -= page.bytes.length;
    next[stream] = page.next;
    return { stream, page };
  });
  const atEnd = ended && pages.every(({ page }) => page.next >= page.size);
  return { pages, next, atEnd };
}

export function streamsOf({ stream }: Pick<OutputRequest, 'stream'>): readonly Stream[] {
  return stream === 'both' ? STREAMS : [stream];
}

function fairShare(
  folder: JobFolder,
  request: OutputRequest,
  stream: Stream,
  room: number,
): number {
  const other: Stream = stream === 'stdout' ? 'stderr' : 'stdout';
  const from = request.tail ? 0 : request.cursor[other];
  const { size } = readPage(folder[other], from, 0, true);
  const wanted = Math.max(0, size - from);
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

function bodyOf({ pages }: OutputPages, raw: boolean): string {
  const shown = pages.filter(({ page }) => page.bytes.length > 0);
  if (shown.length === 0) return '(nothing new)\n';
  const marked = pages.length > 1;
  return shown
    .map(({ stream, page }) => {
      const text = raw ? decodeUtf8(page.bytes) : present(page.bytes);
      return `${marked ? `--- ${stream} ---\n` : ''}${text}${text.endsWith('\n') ? '' : '\n'}`;
    })
    .join('');
}
