/**
 * Looks at the size of running jobs' output, as often as their limit and the fastest writer ask for,
 * and has it shrunk in time. Every server of the home does this, and it does not matter who is first.
 */
import type { Job } from '../../core/job.ts';
import { later, type Recurring } from '../../os/every.ts';
import { sizeOf } from '../../output/files/output-file.ts';
import { STREAMS } from '../../output/files/job-folder.ts';
import { type Engine, folderOf } from '../context/job-context.ts';
import { limitOf, OutputShrinker, SHRINK_AT } from './output-shrinker.ts';

/** No script is expected to write faster, in bytes per millisecond. */
const FASTEST_RATE = 2_000_000;
const SHORTEST_PAUSE_MS = 20;
const LONGEST_QUIET_PAUSE_MS = 100;
/** The reconciler looks this often in any case. */
const RECONCILER_PAUSE_MS = 1_000;

interface Watched {
  job: Job;
  /** When the reconciler last said that the job runs (ms, monotonic). */
  seenAt: number;
  /** Of both streams at the last look, bytes. */
  size: number;
  /** Doubles while nothing is written. */
  quietPause: number;
  looks: Recurring;
}

export class OutputCap {
  readonly #engine: Engine;
  readonly #shrinker: OutputShrinker;
  readonly #watched = new Map<string, Watched>();

  /** @param end is called for a job that is over its limit when the system knows no holes. */
  constructor(engine: Engine, end: (job: Job) => void) {
    this.#engine = engine;
    this.#shrinker = new OutputShrinker(engine, end);
  }

  /** To be called for every running job about once a second: between the calls it looks by itself. */
  watch(job: Job): void {
    const watched = this.#watched.get(job.id) ?? this.#newWatched(job);
    watched.seenAt = performance.now();
    this.#watched.set(job.id, watched);
    watched.looks.within(0);
  }

  stop(): void {
    for (const { looks } of this.#watched.values()) looks.stop();
    this.#watched.clear();
  }

  #newWatched(job: Job): Watched {
    const look = (): Promise<void> => this.#look(watched);
    const looks = later('a look at the size of output', look, this.#engine.log);
    const watched = { job, seenAt: 0, size: 0, quietPause: SHORTEST_PAUSE_MS, looks };
    return watched;
  }

  async #look(watched: Watched): Promise<void> {
    try {
      this.#noteGrowth(watched);
      this.#lookAgain(watched, await this.#shrinker.keepWithinLimit(watched.job));
    } catch (error) {
      this.#watched.delete(watched.job.id);
      throw error;
    }
  }

  #noteGrowth(watched: Watched): void {
    const folder = folderOf(this.#engine, watched.job.id);
    const size = STREAMS.reduce((sum, stream) => sum + sizeOf(folder[stream]), 0);
    const doubled = Math.min(watched.quietPause * 2, LONGEST_QUIET_PAUSE_MS);
    watched.quietPause = size > watched.size ? SHORTEST_PAUSE_MS : doubled;
    watched.size = size;
  }

  /** @param used by the larger stream, bytes. */
  #lookAgain(watched: Watched, used: number): void {
    const room = limitOf(watched.job) * SHRINK_AT - used;
    const pause = Math.max(room / FASTEST_RATE, watched.quietPause);
    const running = performance.now() - watched.seenAt < 2 * RECONCILER_PAUSE_MS;
    if (running && pause < RECONCILER_PAUSE_MS) watched.looks.within(pause);
    else this.#watched.delete(watched.job.id);
  }
}
