/** Which part of the output a request asks for: by offset of one stream, by place in both. */
import { type Cursor, decodeCursor, START } from '../../core/cursor.ts';
import { invalid, shown } from '../../core/job-error.ts';
import type { JobService } from '../../jobs/job-service.ts';
import type { Place, Where } from '../../jobs/read/pages.ts';
import type { OutputQueryInput } from './request-schemas.ts';

/** @throws JobError invalid_request */
export function offsetAsked(query: OutputQueryInput): Where<number> {
  return whereAsked(query, 0, (text, name) => {
    if (/^\d+$/.test(text)) return Number(text);
    const remedy = 'With one stream give the offset of a byte, or ask for stream=both.';
    throw invalid(name, `${shown(text)} is not an offset.`, remedy);
  });
}

/** @throws JobError invalid_request */
export function placeAsked(query: OutputQueryInput): Where<Place> {
  return whereAsked<Place>(query, START, (text, name) => {
    const [, stream, offset] = /^(stdout|stderr):(\d+)$/.exec(text) ?? [];
    if (stream === 'stdout' || stream === 'stderr') return { stream, offset: Number(offset) };
    if (text.startsWith('c')) return decodeCursor(text);
    const remedy = 'With stream=both give a cursor such as c4096-0, or stdout:4096.';
    throw invalid(name, `${shown(text)} is not a place in both streams.`, remedy);
  });
}

function whereAsked<Position>(
  { tail, from, before }: OutputQueryInput,
  start: Position,
  read: (text: string, name: string) => Position,
): Where<Position> {
  if (tail) return 'end';
  if (before === undefined) return { from: from === undefined ? start : read(from, 'from') };
  if (from === undefined) return { before: read(before, 'before') };
  throw invalid('before', 'it cannot be combined with from.', 'Leave one of them out.');
}

/** Where a follower begins. @throws JobError unknown_job, invalid_request */
export function startOf(jobs: JobService, id: string, given: string | undefined): Cursor {
  jobs.get(id);
  if (given === undefined) return START;
  const cursor = decodeCursor(given);
  jobs.inspect.output.checkCursor(id, cursor);
  return cursor;
}
