/** Where the last lines of an output begin, found from its end, however long it is. */
import { type Cursor, decodeCursor } from '../../core/cursor.ts';
import type { JobService } from '../../jobs/job-service.ts';
import type { Stream } from '../../output/files/job-folder.ts';

interface Piece {
  stream: Stream;
  bytes: Uint8Array;
  /** Offset in its stream. */
  from: number;
}

const PAGE_BYTES = 64 * 1024;
const LINE_FEED = 0x0a;

/** @param stream both in the order in which they came, or one alone */
export function beginOfLastLines(
  jobs: JobService,
  id: string,
  stream: Stream | 'both',
  lines: number,
): Cursor {
  const begin = decodeCursor(jobs.view(id).cursor);
  let left = lines;
  for (const piece of stream === 'both'
    ? orderedBackwards(jobs, id)
    : backwards(jobs, id, stream)) {
    const starts = lineStarts(piece.bytes);
    if (left === 0) break;
    const cut = starts.length > left ? (starts.at(-left) ?? 0) : 0;
    begin[piece.stream] = piece.from + cut;
    left -= Math.min(left, starts.length);
  }
  return begin;
}

/** Pieces of whole lines, the last one first. */
function* orderedBackwards(jobs: JobService, id: string): Generator<Piece> {
  let page = jobs.inspect.output.ordered(id, 'end', PAGE_BYTES);
  while (page.segments.length > 0) {
    yield* page.segments.toReversed();
    page = jobs.inspect.output.ordered(id, { before: page.from }, PAGE_BYTES);
  }
}

function* backwards(jobs: JobService, id: string, stream: Stream): Generator<Piece> {
  let page = jobs.inspect.output.page(id, stream, 'end', PAGE_BYTES);
  while (page.bytes.length > 0) {
    yield { stream, bytes: page.bytes, from: page.from };
    page = jobs.inspect.output.page(id, stream, { before: page.from }, PAGE_BYTES);
  }
}

function lineStarts(bytes: Uint8Array): number[] {
  const starts = bytes.length > 0 ? [0] : [];
  for (let at = -1; (at = bytes.indexOf(LINE_FEED, at + 1)) >= 0 && at + 1 < bytes.length;) {
    starts.push(at + 1);
  }
  return starts;
}
