/** What callers wait for: the end of a job or its question for input, new lines, a pattern in them. */
import type { Cursor } from '../../core/cursor.ts';
import { shown } from '../../core/job-error.ts';
import { hasEnded, type Job } from '../../core/job.ts';
import type { Stream } from '../../output/files/job-folder.ts';
import { type Engine, folderOf } from '../context/job-context.ts';
import type { JobLookup } from '../run/job-lookup.ts';
import { awaitsInput } from '../views/awaited-input.ts';
import type { JobWatcher, WatchedJob } from '../watch/job-watcher.ts';
import { Settle } from '../watch/settle.ts';
import { type Verdict, waitUntil } from '../watch/wait-until.ts';
import { NewLines } from './new-lines.ts';
import { DEFAULT_SEARCH_MS } from './text-search.ts';
import { type PatternMatch, PatternSearch } from './until-pattern.ts';

/** What a call waits for, beside the end and the question that end every wait. */
export interface Wanted {
  /** "exit": nothing else; "output": a line; or a pattern. */
  until: string;
  /** Only what comes after this counts. */
  from: Cursor;
  streams: readonly Stream[];
  seconds: number;
}

export interface WaitResult {
  match: PatternMatch | null;
  /** What it came to, for the reply; null when nothing was looked for. */
  note: string | null;
}

type Reason = (job: Job, watched: WatchedJob) => Verdict | Promise<Verdict>;

const NOTHING_SOUGHT: WaitResult = { match: null, note: null };
/** Lines that follow each other this closely are given together, up to so long. */
const QUIET_MS = 100;
const LONGEST_BURST_MS = 500;
/** As long as a script's last words may take into its log, when it has not flushed them. */
const PROMPT_MS = 60;
/** How soon it is noticed that a script has begun to wait, when it prints nothing. */
const INPUT_POLL_MS = 50;
/** The event loop is left to others between two pieces of a flood. */
const NEXT_PIECE_MS = 1;

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

  /** The same, or until the script has come to rest before its input. */
  async forEndOrInput(id: string, deadline: number, signal?: AbortSignal): Promise<Job> {
    return this.whole(await this.#until(id, this.#orInput(hasEnded), deadline, signal));
  }

  /** Until one of the jobs, or all of them, have ended; a question for input ends it in any case. */
  async forJobs(
    ids: string[],
    isAny: boolean,
    deadline: number,
    signal: AbortSignal,
  ): Promise<void> {
    const over = new AbortController();
    const either = AbortSignal.any([signal, over.signal]);
    const waits = ids.map(async (id) => {
      const job = await this.forEndOrInput(id, deadline, either);
      if (isAny || !hasEnded(job)) over.abort();
    });
    await Promise.all(waits).finally(() => over.abort());
  }

  /** Until its script has started, or it has ended without. */
  async forStart(id: string, signal?: AbortSignal): Promise<Job> {
    const hasStarted = (job: Job): boolean => job.state.name === 'running' || hasEnded(job);
    return this.#until(id, hasStarted, Infinity, signal);
  }

  /** Until what a call asks for. @throws JobError invalid_request for a pattern that is none */
  async forWanted(id: string, wanted: Wanted, signal?: AbortSignal): Promise<WaitResult> {
    const deadline = Date.now() + wanted.seconds * 1000;
    const isLook = wanted.seconds === 0 && ['exit', 'output'].includes(wanted.until);
    if (isLook) return NOTHING_SOUGHT;
    if (wanted.until === 'exit') {
      await this.forEndOrInput(id, deadline, signal);
      return NOTHING_SOUGHT;
    }
    if (wanted.until !== 'output') return this.#forMatch(id, wanted, deadline, signal);
    await this.#until(id, this.#orInput(this.#hasNewLine(id, wanted.from)), deadline, signal);
    return NOTHING_SOUGHT;
  }

  #hasNewLine(id: string, from: Cursor): Reason {
    const lines = new NewLines(folderOf(this.#engine, id), from);
    const settle = new Settle(QUIET_MS, LONGEST_BURST_MS);
    return (job, watched) => {
      const tails = watched.watchOutput();
      if (hasEnded(job)) return true;
      const haveCome = lines.haveCome();
      if (haveCome) return settle.isOver(tails);
      settle.again();
      return haveCome === null && NEXT_PIECE_MS;
    };
  }

  async #forMatch(
    id: string,
    { until: pattern, from, streams }: Wanted,
    deadline: number,
    signal?: AbortSignal,
  ): Promise<WaitResult> {
    const search = new PatternSearch(pattern, folderOf(this.#engine, id), streams, from);
    const searchUntil = performance.now() + Math.max(deadline - Date.now(), DEFAULT_SEARCH_MS);
    const settle = new Settle(QUIET_MS, LONGEST_BURST_MS);
    let match: PatternMatch | null = null;
    const matched: Reason = async (job, watched) => {
      const tails = watched.watchOutput();
      match ??= await search.search(searchUntil, signal);
      if (hasEnded(job)) return match !== null || search.left === null;
      return match !== null && settle.isOver(tails);
    };
    await this.#until(id, this.#orInput(matched), deadline, signal);
    return {
      match,
      note: match ? describeMatch(pattern, match) : describeMiss(pattern, search.left),
    };
  }

  /** Only interactive jobs are looked at: nobody else can be answered. */
  #orInput(reason: Reason): Reason {
    const settle = new Settle(PROMPT_MS, Infinity);
    return async (job, watched) => {
      const verdict = await reason(job, watched);
      if (verdict === true || hasEnded(job) || !job.request.interactive) return verdict;
      const tails = watched.watchOutput();
      const isWaiting = awaitsInput(this.#engine, job);
      if (!isWaiting) settle.again();
      return sooner(verdict, isWaiting ? settle.isOver(tails) : INPUT_POLL_MS);
    };
  }

  async #until(id: string, reason: Reason, deadline: number, signal?: AbortSignal): Promise<Job> {
    this.#lookup.get(id);
    return (await waitUntil(this.#watcher, id, reason, deadline, signal)) ?? this.#lookup.get(id);
  }
}

function sooner(a: Verdict, b: Verdict): Verdict {
  if (a === true || b === true) return true;
  return a === false || b === false ? a || b : Math.min(a, b);
}

function describeMatch(pattern: string, { stream, offset }: PatternMatch): string {
  return `${shown(pattern)} matched at ${stream} byte ${offset}`;
}

function describeMiss(pattern: string, left: string | null): string {
  const miss = `no match for ${shown(pattern)}`;
  return left === null ? miss : `${miss}, but there was no time for ${left}`;
}
