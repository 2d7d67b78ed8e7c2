/**
 * Keeps one job's output within its disk space. Past the limit a stream keeps its head and its tail,
 * and what lies between is given back to the disk; where that is not possible the job is ended.
 */
import { statSync } from 'node:fs';
import { open } from 'node:fs/promises';
import type { Job } from '../../core/job.ts';
import { chooseGap } from '../../output/files/choose-gap.ts';
import { sizeOf } from '../../output/files/output-file.ts';
import { readGap, recordGap } from '../../output/files/output-gap.ts';
import { STREAMS } from '../../output/files/job-folder.ts';
import type { Executor } from '../../executors/executor.ts';
import { executorOf } from '../../executors/executor-of.ts';
import { type Engine, folderOf, placedOf } from '../context/job-context.ts';

/** Less could not be told apart in blocks of a disk. */
const SMALLEST_LIMIT_BYTES = 64 * 1024;
/** Of the limit: from here on the middle goes, and nothing before. */
export const SHRINK_AT = 1;
/** Of the limit: from here on the log is written to the disk ahead, since a hole waits for that. */
const SETTLE_AT = 1 / 2;
/** Of the limit: so much is written ahead at once. */
const SETTLE_STEP = 1 / 16;
/** Of the limit: where the middle cannot be given back, the job is ended. Once is no proof of that. */
const END_AT = 1.1;
/** Of the limit: what is kept at the beginning, and at least at the end, where errors stand. */
const KEEP_HEAD = 1 / 8;
const KEEP_TAIL = 1 / 4;

/** Disk space of one stream, bytes. */
export function limitOf({ request }: Job): number {
  return Math.max(request.maxOutputBytes, SMALLEST_LIMIT_BYTES);
}

export class OutputShrinker {
  readonly #engine: Engine;
  readonly #end: (job: Job) => void;
  /** How large a job's logs were when they were last written ahead, by path. */
  readonly #settled = new WeakMap<Job, Map<string, number>>();
  #canFree: Promise<boolean> | null = null;

  constructor(engine: Engine, end: (job: Job) => void) {
    this.#engine = engine;
    this.#end = end;
  }

  /** @returns the bytes that the larger stream takes then. */
  async keepWithinLimit(job: Job): Promise<number> {
    const limit = limitOf(job);
    const folder = folderOf(this.#engine, job.id);
    let most = 0;
    for (const stream of STREAMS) {
      const path = folder[stream];
      const used = usedBytes(path, limit);
      if (used > limit * SHRINK_AT) await this.#shrink(job, path, used);
      else if (used > limit * SETTLE_AT) this.#prepare(job, path);
      most = Math.max(most, usedBytes(path, limit));
    }
    return most;
  }

  /** What a hole would have to wait for. Nobody waits for this: meanwhile a fast writer passes the limit. */
  #prepare(job: Job, path: string): void {
    const sizes = this.#settled.get(job) ?? new Map<string, number>();
    const size = sizeOf(path);
    if (size - (sizes.get(path) ?? 0) < limitOf(job) * SETTLE_STEP) return;
    this.#settled.set(job, sizes.set(path, size));
    void this.#canShrink(job, false);
    void writeAhead(path);
  }

  async #shrink(job: Job, path: string, used: number): Promise<void> {
    const limit = limitOf(job);
    const executor = this.#executorOf(job);
    if (!(await this.#canShrink(job, used > limit * END_AT))) {
      if (used > limit * END_AT) this.#end(job);
      return;
    }
    const hasEnded = (): boolean =>
      ['ended', 'lost'].includes(executor.look(placedOf(this.#engine, job)).kind);
    // What failed for want of a descriptor will not fail the next time.
    if (!(await dropMiddle(executor, path, limit, hasEnded)) && diskBytes(path) > limit * END_AT) {
      this.#end(job);
    }
  }

  /** Found out once; a no is asked for again before a job is ended for it. */
  async #canShrink(job: Job, isUrgent: boolean): Promise<boolean> {
    const { root } = folderOf(this.#engine, job.id);
    const executor = this.#executorOf(job);
    this.#canFree ??= executor.canFreeOutput(root);
    if (isUrgent && !(await this.#canFree)) this.#canFree = executor.canFreeOutput(root);
    return this.#canFree;
  }

  #executorOf({ request }: Job): Executor {
    return executorOf(this.#engine.executors, request);
  }
}

/** Where it fails, the hole waits. */
async function writeAhead(path: string): Promise<void> {
  const log = await open(path, 'r').catch(() => null);
  await log?.datasync().catch(() => {});
  await log?.close().catch(() => {});
}

/**
 * Resolves with false when the bytes could not be given back. Nothing more goes once the job has
 * ended: what a reply that tells the end says of a gap is final. Between that look and the record
 * nothing else runs here.
 */
async function dropMiddle(
  executor: Executor,
  path: string,
  limit: number,
  hasEnded: () => boolean,
): Promise<boolean> {
  const gap = chooseGap(path, limit * KEEP_HEAD, limit * KEEP_TAIL);
  if (gap && hasEnded()) return true;
  if (gap) await recordGap(path, gap);
  const whole = gap ?? readGap(path); // one that was recorded by a server that did not get further
  return whole === null || (await executor.freeOutput(path, whole.from, whole.to));
}

/** A gap that was recorded, but could not be made, takes its space. */
function diskBytes(path: string): number {
  return 512 * (statSync(path, { throwIfNoEntry: false })?.blocks ?? 0);
}

/** The gap is looked up only where there can be one; one that could not be made counts for nothing. */
function usedBytes(path: string, limit: number): number {
  const size = sizeOf(path);
  const gap = size > limit * SHRINK_AT ? readGap(path) : null;
  if (!gap) return size;
  return Math.min(size, Math.max(size - (gap.to - gap.from), diskBytes(path)));
}
