/**
 * Output as it appears, from a cursor to the job's end: for followers of every kind. What waits of
 * both streams is told in the order it appeared; the newest of one is told at once.
 */
import type { Cursor } from '../../core/cursor.ts';
import { hasEnded } from '../../core/job.ts';
import { type JobFolder, type Stream, STREAMS } from '../../output/files/job-folder.ts';
import { outputSizes, sizeOf } from '../../output/files/output-file.ts';
import type { Gap } from '../../output/files/output-gap.ts';
import { readPage } from '../../output/files/read-page.ts';
import { isOrderKnown } from '../../output/order/order-notes.ts';
import { readForward } from '../../output/order/ordered-page.ts';
import type { Segment } from '../../output/order/segments.ts';
import { type Engine, folderOf } from '../context/job-context.ts';
import type { JobWatcher, Tails, WatchedJob } from '../watch/job-watcher.ts';

const CHUNK_BYTES = 64 * 1024;
/** What is known of a piece takes more memory than a short line: a page of them is not held whole. */
const MOST_SEGMENTS = 256;

export interface OutputChunk {
  stream: Stream;
  bytes: Uint8Array;
  /** Position after this chunk: where to resume. */
  cursor: Cursor;
  /** What lay before these bytes and is gone. */
  skipped?: Gap;
}

/** Is asked for chunks, one at a time; no more than a page is read before. */
export class OutputFollower {
  readonly #folder: JobFolder;
  readonly #cursor: Cursor;
  readonly #watched: WatchedJob;
  readonly #tails: Tails;
  readonly #wake: () => void;
  readonly #isForScreen: boolean;
  /** Of both streams, in their order: read, and not yet asked for. */
  #inOrder: Segment[] = [];

  /**
   * @param wake called when asking again may give another answer
   * @param isForScreen both streams go to one place: their order comes before all
   */
  constructor(
    engine: Engine,
    watcher: JobWatcher,
    jobId: string,
    from: Cursor,
    wake: () => void,
    isForScreen = false,
  ) {
    this.#isForScreen = isForScreen;
    this.#folder = folderOf(engine, jobId);
    this.#cursor = { ...from };
    this.#wake = wake;
    this.#watched = watcher.join(jobId, wake);
    this.#tails = this.#watched.watchOutput();
  }

  /**
   * `over` when the job has ended and everything was given, or when it was removed. The outcome is
   * looked at before the output: what was written before the end is read.
   */
  next(): OutputChunk | 'later' | 'over' {
    const { job } = this.#watched;
    if (!job) return 'over';
    const ended = hasEnded(job);
    const isOrdered = this.#isForScreen || this.#inOrder.length > 0 || this.#waitsInBoth;
    const ordered = isOrdered ? this.#nextInOrder(ended) : null;
    if (ordered) return this.#chunk(ordered.stream, ordered.bytes, ordered.next, ordered.skipped);
    for (const stream of STREAMS) {
      const from = this.#cursor[stream];
      const newest = this.#tails[stream].newestFrom(from);
      if (newest) return this.#chunk(stream, newest, from + newest.length);
      if (!ended && from >= this.#tails[stream].end) continue;
      const page = readPage(this.#folder[stream], from, CHUNK_BYTES, ended);
      if (page.bytes.length === 0) continue;
      return this.#chunk(stream, page.bytes, page.next, page.skipped);
    }
    return ended ? 'over' : 'later';
  }

  /** And is more than what was just written. */
  get #waitsInBoth(): boolean {
    const tails = this.#tails;
    const { stdout, stderr } = this.#cursor;
    if (stdout >= tails.stdout.end || stderr >= tails.stderr.end) return false;
    return !tails.stdout.newestFrom(stdout) || !tails.stderr.newestFrom(stderr);
  }

  /** Null where the order is not known. */
  #nextInOrder(ended: boolean): Segment | null {
    if (this.#inOrder.length === 0) this.#inOrder = this.#readInOrder(ended);
    return this.#inOrder.shift() ?? null;
  }

  #readInOrder(ended: boolean): Segment[] {
    if (!isOrderKnown(this.#folder.order)) return [];
    const { stdout, stderr } = this.#tails;
    const noticed = { stdout: stdout.end, stderr: stderr.end };
    const end = this.#isForScreen ? sizesAtOnce(this.#folder) : noticed;
    const { segments } = readForward(this.#folder, this.#cursor, end, CHUNK_BYTES, ended);
    return segments.slice(0, MOST_SEGMENTS);
  }

  #chunk(stream: Stream, bytes: Uint8Array, next: number, skipped?: Gap): OutputChunk {
    this.#cursor[stream] = next;
    const chunk = { stream, bytes, cursor: { ...this.#cursor } };
    return skipped ? { ...chunk, skipped } : chunk;
  }

  leave(): void {
    this.#watched.leave(this.#wake);
  }
}

export interface FollowOptions {
  signal?: AbortSignal;
  /** Both streams go to one place: their order comes before all. */
  isForScreen?: boolean;
}

/**
 * Ends when the job has ended and everything was delivered, when it was removed, or when the signal
 * is raised.
 */
export async function* followOutput(
  engine: Engine,
  watcher: JobWatcher,
  jobId: string,
  from: Cursor,
  { signal, isForScreen }: FollowOptions = {},
): AsyncGenerator<OutputChunk> {
  let wake = (): void => {};
  const woken = (): void => wake();
  const follower = new OutputFollower(engine, watcher, jobId, from, woken, isForScreen);
  const abort = (): void => wake();
  signal?.addEventListener('abort', abort);
  try {
    while (!signal?.aborted) {
      const next = follower.next();
      if (next === 'over') return;
      if (next !== 'later') yield next;
      else await new Promise<void>((resolve) => (wake = resolve));
    }
  } finally {
    signal?.removeEventListener('abort', abort);
    follower.leave();
  }
}

const SIZE_TRIES = 5;

/** As they were at one moment: what one stream got meanwhile could belong behind the other's. */
function sizesAtOnce(folder: JobFolder): Cursor {
  let sizes = outputSizes(folder);
  for (let left = SIZE_TRIES; left > 0 && sizeOf(folder.stdout) !== sizes.stdout; left -= 1) {
    sizes = outputSizes(folder);
  }
  return sizes;
}
