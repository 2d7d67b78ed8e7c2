/** What callers wait for: the end of a job, new output, a pattern in it. */
import type { JobOutputInput } from '../../contract/inputs.ts';
import type { Cursor } from '../../core/cursor.ts';
import { shown } from '../../core/job-error.ts';
import { hasEnded, type Job } from '../../core/job.ts';
import { STREAMS } from '../../output/files/job-folder.ts';
import { type Engine, folderOf } from '../context/job-context.ts';
import { hasNewOutput } from './follow-output.ts';
import type { JobLookup } from '../run/job-lookup.ts';
import { PatternSearch, type PatternMatch } from './until-pattern.ts';
import { DEFAULT_SEARCH_MS } from './text-search.ts';
import type { JobWatcher, WatchedJob } from '../watch/job-watcher.ts';
import { waitUntil } from '../watch/wait-until.ts';

export class JobWaits {
  readonly #engine: Engine;
  readonly #watcher: JobWatcher;
  readonly #lookup: JobLookup;
  readonly #leftKnown: (id: string) => Promise<void>;

  /** @param leftKnown resolves when it is noted what an ended job has left running */
  constructor(
    engine: Engine,
    watcher: JobWatcher,
    lookup: JobLookup,
    leftKnown: (id: string) => Promise<void>,
  ) {
    this.#leftKnown = leftKnown;
    this.#engine = engine;
    this.#watcher = watcher;
    this.#lookup = lookup;
  }

  /** Until the end or `deadline` (Unix ms); returns the job as it is then. */
  async forEnd(id: string, deadline: number, signal?: AbortSignal): Promise<Job> {
    return this.whole(await this.#until(id, hasEnded, deadline, signal));
  }

  /** An ended job with all that is to be said about its end. */
  async whole(job: Job): Promise<Job> {
    if (!hasEnded(job)) return job;
    await this.#leftKnown(job.id);
    return this.#lookup.get(job.id);
  }

  /** Until its script has started, or it has ended without. */
  async forStart(id: string, signal?: AbortSignal): Promise<Job> {
    const hasStarted = (job: Job): boolean => job.state.name === 'running' || hasEnded(job);
    return this.#until(id, hasStarted, Infinity, signal);
  }

  /** Until there is output after `from`, or the job changes its state. */
  async forOutput(id: string, from: Cursor, seconds: number, signal?: AbortSignal): Promise<void> {
    const folder = folderOf(this.#engine, id);
    const before = this.#lookup.get(id).state.name;
    const hasNews = (job: Job, watched: WatchedJob): boolean => {
      const tails = watched.watchOutput();
      if (hasEnded(job) || job.state.name !== before) return true;
      const hasMore = STREAMS.some((stream) => tails[stream].end > from[stream]);
      return hasMore && hasNewOutput(job, folder, from);
    };
    await waitUntil(this.#watcher, id, hasNews, Date.now() + seconds * 1000, signal);
  }

  /** As a request for output asks. Returns what it came to, as notes for the reply. */
  async asAsked(input: JobOutputInput, from: Cursor, signal?: AbortSignal): Promise<string[]> {
    const { job_id: id, until = 'output', wait_seconds: seconds = 0 } = input;
    if (until === 'output') {
      if (seconds > 0) await this.forOutput(id, from, seconds, signal);
      return [];
    }
    const deadline = Date.now() + seconds * 1000;
    if (until === 'exit') {
      await this.forEnd(id, deadline, signal);
      return [];
    }
    return [await this.#forMatch(input, until, from, deadline, signal)];
  }

  async #forMatch(
    { job_id: id, stream = 'both' }: JobOutputInput,
    pattern: string,
    from: Cursor,
    deadline: number,
    signal?: AbortSignal,
  ): Promise<string> {
    const streams = stream === 'both' ? STREAMS : [stream];
    const search = new PatternSearch(pattern, folderOf(this.#engine, id), streams, from);
    const searchUntil = performance.now() + Math.max(deadline - Date.now(), DEFAULT_SEARCH_MS);
    let match: PatternMatch | null = null;
    const matched = async (job: Job, watched: WatchedJob): Promise<boolean> => {
      watched.watchOutput();
      match = await search.search(searchUntil);
      return match !== null || (hasEnded(job) && search.left === null);
    };
    await waitUntil(this.#watcher, id, matched, deadline, signal);
    return match ? describeMatch(pattern, match) : describeMiss(pattern, search.left);
  }

  async #until(
    id: string,
    done: (job: Job) => boolean,
    deadline: number,
    signal?: AbortSignal,
  ): Promise<Job> {
    const job = this.#lookup.get(id);
    if (done(job)) return job;
    return (await waitUntil(this.#watcher, id, done, deadline, signal)) ?? this.#lookup.get(id);
  }
}

function describeMatch(pattern: string, { stream, offset }: PatternMatch): string {
  return `${shown(pattern)} matched at ${stream} byte ${offset}`;
}

function describeMiss(pattern: string, left: string | null): string {
  const miss = `no match for ${shown(pattern)}`;
  return left === null ? miss : `${miss}, but there was no time for ${left}`;
}
