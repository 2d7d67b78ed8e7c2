/** Output as people and programs look at it: one stream with exact offsets, or both in their order. */
import { type Cursor, encodeCursor, START } from '../../core/cursor.ts';
import { invalid, shown } from '../../core/job-error.ts';
import { hasEnded, type Job, phaseOf } from '../../core/job.ts';
import { decodeUtf8 } from '../../output/files/code-points.ts';
import { type JobFolder, type Stream, STREAMS } from '../../output/files/job-folder.ts';
import { isOrderKnown } from '../../output/order/order-notes.ts';
import {
  type OrderedPage,
  placeInOrder,
  readBackward,
  readForward,
} from '../../output/order/ordered-page.ts';
import {
  type OutputFiles,
  outputSizes,
  sizeOf,
  withOpened,
} from '../../output/files/output-file.ts';
import { markLines } from '../../output/order/segments.ts';
import { gapLine } from '../../output/files/output-window.ts';
import {
  type OutputPage,
  readBefore,
  readPage,
  SMALLEST_PAGE,
} from '../../output/files/read-page.ts';
import { cleanLongText } from '../../output/terminal/clean-text.ts';
import { type Engine, folderOf } from '../context/job-context.ts';
import { type Download, orderedDownload, streamDownload } from './download.ts';
import { limitOf, SHRINK_AT } from '../run/output-shrinker.ts';

export type OutputSource = Stream | 'environment';

/** From a position on, before one, or at the end. */
export type Where<Position> = { from: Position } | { before: Position } | 'end';

/** A place in both streams, or where one byte of one of them stands in their order. */
export type Place = Cursor | { stream: Stream; offset: number };

export interface InspectedPage extends OutputPage {
  /** Nothing will be added to the stream any more. */
  ended: boolean;
}

export interface InspectedOrder extends OrderedPage {
  size: Cursor;
  ended: boolean;
}

/** A middle that is given up at last is that of a job that ended just now, with much of its limit taken. */
const GIVEN_UP_WITHIN_MS = 5_000;

export class OutputInspection {
  readonly #engine: Engine;
  /** @throws JobError unknown_job */
  readonly #get: (id: string) => Job;

  constructor(engine: Engine, get: (id: string) => Job) {
    this.#engine = engine;
    this.#get = get;
  }

  /** One page of raw output; cut at a character's border. */
  page(id: string, source: OutputSource, where: Where<number>, maxBytes: number): InspectedPage {
    const { job, folder } = this.#look(id);
    const ended = isComplete(job, source);
    const path = pathOf(folder, source);
    if (where !== 'end' && 'from' in where) {
      return { ...readPage(path, where.from, maxBytes, ended), ended };
    }
    const before = where === 'end' ? Infinity : where.before;
    return { ...readBefore(path, before, maxBytes, ended), ended };
  }

  /** @throws JobError invalid_request for a place behind the end of the output */
  ordered(id: string, where: Where<Place>, maxBytes: number): InspectedOrder {
    const { ended, folder } = this.#look(id);
    return withOpened(folder, (output) => {
      const size = outputSizes(output);
      const at = (place: Place): Cursor => cursorAt(output, place, size);
      const page =
        where !== 'end' && 'from' in where
          ? readForward(output, at(where.from), size, maxBytes, ended)
          : readBackward(output, where === 'end' ? size : at(where.before), maxBytes, ended);
      return { ...page, size, ended };
    });
  }

  /** As a person would read it: redraws folded, escapes removed; what is gone is said. */
  async text(
    id: string,
    source: OutputSource,
    where: Where<number>,
    maxBytes: number,
  ): Promise<string> {
    return acrossGaps(where, maxBytes, async (at, room) => {
      const { bytes, next, skipped } = this.page(id, source, at, room);
      const text = await cleanLongText(decodeUtf8(bytes));
      return { text: skipped ? gapLine(skipped) + text : text, length: bytes.length, next };
    });
  }

  /** The same of both streams: each line is marked with the one it is of. */
  async orderedText(id: string, where: Where<Place>, maxBytes: number): Promise<string> {
    return acrossGaps(where, maxBytes, async (at, room) => {
      const { segments, next } = this.ordered(id, at, room);
      let [text, length] = ['', 0];
      for (const segment of segments) {
        text += markLines(segment, await cleanLongText(decodeUtf8(segment.bytes)));
        length += segment.bytes.length;
      }
      return { text, length, next };
    });
  }

  /** Bytes `from`–`to` of one stream as a file. */
  download(id: string, source: OutputSource, from: number, to: number): Download {
    const { folder, job } = this.#look(id);
    const path = pathOf(folder, source);
    return streamDownload([{ path, from, to }], isSettled(job, sizeOf(path)));
  }

  /** All of both streams as a file; one after the other where their order is not known. */
  orderedDownload(id: string): Download {
    const { folder, job } = this.#look(id);
    const end = outputSizes(folder);
    const settled = isSettled(job, Math.max(end.stdout, end.stderr));
    if (isOrderKnown(folder.order)) return orderedDownload(folder, START, end, settled);
    const ranges = STREAMS.map((stream) => ({ path: folder[stream], from: 0, to: end[stream] }));
    return streamDownload(ranges, settled);
  }

  /** Of one stream, right now. */
  size(id: string, source: OutputSource): number {
    return sizeOf(pathOf(this.#look(id).folder, source));
  }

  /** @throws JobError invalid_request when the cursor lies behind the end of the output */
  checkCursor(id: string, cursor: Cursor): void {
    refuseBehind(cursor, outputSizes(this.#look(id).folder));
  }

  /** The state comes before the output: what was written before the end is read. */
  #look(id: string): { job: Job; ended: boolean; folder: JobFolder } {
    const job = this.#get(id);
    return { job, ended: hasEnded(job), folder: folderOf(this.#engine, id) };
  }
}

function cursorAt(output: OutputFiles, place: Place, size: Cursor): Cursor {
  const named = 'stream' in place;
  refuseBehind(named ? { ...START, [place.stream]: place.offset } : place, size);
  return named ? placeInOrder(output, place.stream, place.offset, size) : place;
}

/** A page ends where a gap begins. A text has no cursor to go on with, so it goes on by itself. */
async function acrossGaps<Position>(
  where: Where<Position>,
  maxBytes: number,
  read: (at: Where<Position>, room: number) => Promise<TextPart<Position>>,
): Promise<string> {
  let { text, length, next } = await read(where, maxBytes);
  if (where === 'end' || 'before' in where) return text;
  let room = maxBytes - length;
  while (length > 0 && room >= SMALLEST_PAGE) {
    const more = await read({ from: next }, room);
    text += more.text;
    ({ length, next } = more);
    room -= length;
  }
  return text;
}

interface TextPart<Position> {
  text: string;
  /** Of the output it was made of, bytes. */
  length: number;
  next: Position;
}

/** An environment is built before the script starts. */
function isComplete(job: Job, source: OutputSource): boolean {
  return hasEnded(job) || (source === 'environment' && phaseOf(job.state) === 'running');
}

/** Whether nothing can change any more: neither what is there nor what is gone of so many bytes. */
function isSettled(job: Job, size: number): boolean {
  if (!('endedAt' in job.state)) return false;
  const endedLongAgo = Date.now() - job.state.endedAt > GIVEN_UP_WITHIN_MS;
  return endedLongAgo || size <= limitOf(job) * SHRINK_AT;
}

function refuseBehind(cursor: Cursor, size: Cursor): void {
  if (cursor.stdout <= size.stdout && cursor.stderr <= size.stderr) return;
  throw invalid(
    'cursor',
    `${shown(encodeCursor(cursor))} lies behind the end of the output, ${encodeCursor(size)}.`,
    'Pass one that an earlier reply for this job gave.',
  );
}

function pathOf(folder: JobFolder, source: OutputSource): string {
  return source === 'environment' ? folder.environmentLog : folder[source];
}
