/** Output as it appears, from a cursor to the job's end: for followers of every kind. */
import type { Cursor } from '../core/cursor.ts';
import { hasEnded, type Job } from '../core/job.ts';
import { type JobFolder, type Stream, STREAMS } from '../output/job-folder.ts';
import { readPage, SMALLEST_PAGE } from '../output/read-page.ts';
import { type Engine, folderOf } from './engine.ts';
import type { SharedLooks } from './shared-looks.ts';
import type { SharedPages } from './shared-pages.ts';

export interface OutputChunk {
  stream: Stream;
  bytes: Uint8Array;
  /** Position after this chunk: where to resume. */
  cursor: Cursor;
}

/** What followers of all jobs share. */
export interface Shared {
  looks: SharedLooks;
  pages: SharedPages;
}

/**
 * Ends when the job has ended and everything was delivered, when it was removed, or when the signal
 * is raised. The outcome is looked at before the output: what was written before the end is read.
 */
export async function* followOutput(
  engine: Engine,
  { looks, pages }: Shared,
  jobId: string,
  from: Cursor,
  signal?: AbortSignal,
): AsyncGenerator<OutputChunk> {
  const folder = folderOf(engine, jobId);
  const cursor = { ...from };
  const watched = looks.join(jobId);
  try {
    while (!signal?.aborted) {
      const { look } = watched;
      if (!look.job) return;
      const ended = hasEnded(look.job);
      yield* readOn(pages, folder, cursor, ended);
      if (ended) return;
      await watched.changedSince(look, signal);
    }
  } finally {
    watched.leave();
  }
}

function* readOn(
  pages: SharedPages,
  folder: JobFolder,
  cursor: Cursor,
  ended: boolean,
): Generator<OutputChunk> {
  for (const stream of STREAMS) {
    for (;;) {
      const page = pages.read(folder[stream], cursor[stream], ended);
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
