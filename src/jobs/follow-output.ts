/** Output as it appears, from a cursor to the job's end: for followers of every kind. */
import type { Cursor } from '../core/cursor.ts';
import { hasEnded, type Job } from '../core/job.ts';
import { type JobFolder, type Stream, STREAMS } from '../output/job-folder.ts';
import { readPage, SMALLEST_PAGE } from '../output/read-page.ts';
import { type Engine, folderOf } from './engine.ts';
import type { Finisher } from './finisher.ts';
import { pause, waitUntil } from './waiting.ts';

export interface OutputChunk {
  stream: Stream;
  bytes: Uint8Array;
  /** Position after this chunk: where to resume. */
  cursor: Cursor;
}

const CHUNK_BYTES = 64 * 1024;
const LOOK_AGAIN_MS = 60_000;
/** From one look at a growing output to the next: a flood is taken in gulps, a line at once. */
const PACE_MS = 10;

/**
 * Ends when the job has ended and everything was delivered, when it was removed, or when the signal
 * is raised. The outcome is looked at before the output: what was written before the end is read.
 */
export async function* followOutput(
  engine: Engine,
  finisher: Finisher,
  jobId: string,
  from: Cursor,
  signal?: AbortSignal,
): AsyncGenerator<OutputChunk> {
  const folder = folderOf(engine, jobId);
  const cursor = { ...from };
  const news = (job: Job): boolean => hasEnded(job) || hasNewOutput(job, folder, cursor);
  while (!signal?.aborted) {
    const deadline = Date.now() + LOOK_AGAIN_MS;
    const job = await waitUntil(engine, finisher, jobId, news, deadline, signal);
    if (!job) return;
    const lookedAt = performance.now();
    yield* readOn(folder, cursor, hasEnded(job));
    if (hasEnded(job)) return;
    const early = PACE_MS - (performance.now() - lookedAt);
    if (early > 0) await pause(early);
  }
}

function* readOn(folder: JobFolder, cursor: Cursor, ended: boolean): Generator<OutputChunk> {
  for (const stream of STREAMS) {
    for (;;) {
      const page = readPage(folder[stream], cursor[stream], CHUNK_BYTES, ended);
      if (page.bytes.length === 0) break;
      cursor[stream] = page.next;
      yield { stream, bytes: page.bytes, cursor: { ...cursor } };
    }
  }
}

/** Whether a reader at `position` would get something now. */
export function hasNewOutput(job: Job, folder: JobFolder, position: Cursor): boolean {
  return STREAMS.some((stream) => {
    const page = readPage(folder[stream], position[stream], SMALLEST_PAGE, hasEnded(job));
    return page.bytes.length > 0;
  });
}
