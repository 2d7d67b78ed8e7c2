/** The output of one cell, read like that of a job: as if its range were all there is. */
import type { JobOutputInput } from '../../contract/inputs.ts';
import { type Cursor, decodeCursor } from '../../core/cursor.ts';
import { invalid } from '../../core/job-error.ts';
import type { Job } from '../../core/job.ts';
import type { JobFolder, Stream } from '../../output/files/job-folder.ts';
import { type OutputFiles, withOpened } from '../../output/files/output-file.ts';
import type { OutputSource } from '../../output/files/output-source.ts';
import { readPage } from '../../output/files/read-page.ts';
import { cleanTerminalText } from '../../output/terminal/clean-text.ts';
import { DEFAULT_PAGE_BYTES, readOutput, renderOutput, streamsOf } from '../read/text-page.ts';
import type { InspectedPage } from '../read/pages.ts';
import { rangeOf } from './cell-reply.ts';
import { type CellSighting, isDone, lookAtCell } from './cell-status.ts';

interface Range {
  from: Cursor;
  to: Cursor;
}

/** What the parameters ask for, under a line that says what it is, and the value at the end. */
export function cellText(job: Job, folder: JobFolder, cell: number, input: JobOutputInput): string {
  const sighting = lookAtCell(job, folder, cell);
  const { stream = 'both', raw = false } = input;
  if (stream === 'environment') {
    throw invalid('stream', 'the environment is that of the whole session.', 'Leave out cell.');
  }
  const pages = withRange(folder, rangeOf(folder, sighting), (output, range) => {
    const cursor = input.cursor === undefined ? range.from : decodeCursor(input.cursor);
    const maxBytes = input.max_bytes ?? DEFAULT_PAGE_BYTES;
    const tail = input.tail === true && lengthOf(range, streamsOf({ stream })) > maxBytes;
    const request = { cursor: behind(cursor, range.from), stream, maxBytes, tail, raw };
    return readOutput(isDone(sighting), output, request);
  });
  const about = [`cell ${cell} ${sighting.status}`];
  return renderOutput(job, pages, raw, about, pages.atEnd ? valueOf(sighting) : '');
}

/** Bytes as they are. */
export function cellPage(
  job: Job,
  folder: JobFolder,
  cell: number,
  { stream, from, maxBytes }: { stream: Stream; from: number | undefined; maxBytes: number },
): InspectedPage {
  const sighting = lookAtCell(job, folder, cell);
  const ended = isDone(sighting);
  return withRange(folder, rangeOf(folder, sighting), (output, range) => {
    const start = Math.max(from ?? 0, range.from[stream]);
    return { ...readPage(output[stream], start, maxBytes, ended), ended };
  });
}

/** @throws JobError invalid_request for what makes no sense within one cell */
export function refuseWithCell({ search, until }: JobOutputInput): void {
  if (search !== undefined) {
    throw invalid('search', 'it goes through all output.', 'Leave out cell, or search.');
  }
  if (until !== undefined) {
    throw invalid('until', 'a cell is waited for to its end.', 'Leave it out.');
  }
}

/** `read` sees nothing behind the range. */
function withRange<T>(
  folder: JobFolder,
  range: Range,
  read: (output: OutputFiles, range: Range) => T,
): T {
  return withOpened(folder, ({ stdout, stderr, order }) => {
    const output = {
      stdout: upTo(stdout, range.to.stdout),
      stderr: upTo(stderr, range.to.stderr),
      order,
    };
    return read(output, range);
  });
}

function upTo(source: OutputSource, end: number): OutputSource {
  const size = Math.min(source.size, end);
  return {
    ...source,
    size,
    read: (from, length) => source.read(from, Math.max(0, Math.min(length, size - from))),
  };
}

function lengthOf({ from, to }: Range, streams: readonly Stream[]): number {
  return streams.reduce((sum, stream) => sum + to[stream] - from[stream], 0);
}

function behind(cursor: Cursor, from: Cursor): Cursor {
  return {
    stdout: Math.max(cursor.stdout, from.stdout),
    stderr: Math.max(cursor.stderr, from.stderr),
  };
}

function valueOf(sighting: CellSighting): string {
  const value = 'record' in sighting ? sighting.record.value : undefined;
  if (!value) return '';
  return cleanTerminalText(`--- value: ${value.type} ---\n${value.text}\n`);
}
