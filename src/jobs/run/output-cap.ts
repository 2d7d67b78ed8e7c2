/**
 * Looks at the size of running jobs' output, as often as their limit and the fastest writer ask for,
 * and has it shrunk in time. Every server of the home does this, and it does not matter who is first.
 */
import type { Job } from '../../core/job.ts';
import { sizeOf } from '../../output/files/output-file.ts';
import { STREAMS } from '../../output/files/job-folder.ts';
import { type Engine, folderOf } from '../context/job-context.ts';
import { limitOf, OutputShrinker, SHRINK_AT } from './output-shrinker.ts';

/** No script is expected to write faster, in bytes per millisecond. */
const FASTEST_RATE = 2_000_000;
const SHORTEST_PAUSE_MS = 20;
const LONGEST_QUIET_PAUSE_MS = 100;
/** The caretaker looks this often in any case. */
const CARETAKER_PAUSE_MS = 1_000;

interface Watched {
  job: Job;
  /** When the caretaker last said that the job runs (Unix ms). */
  seenAt: number;
  /** Of both streams at the last look, bytes, and when that was (ms, monotonic). */
  size: number;
  lookedAt: number;
  /** Doubles while nothing is written. */
  quietPause: number;
  timer: NodeJS.Timeout | null;
  looking: boolean;
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
    const watched = this.#watched.get(job.id) ?? newWatched(job);
    watched.seenAt = Date.now();
    this.#watched.set(job.id, watched);
    if (!watched.timer && !watched.looking) void this.#look(watched);
  }

  stop(): void {
    for (const { timer } of this.#watched.values()) if (timer) clearTimeout(timer);
    this.#watched.clear();
  }

  async #look(watched: Watched): Promise<void> {
    watched.timer = null;
    watched.looking = true;
    try {
      const rate = this.#noteGrowth(watched);
      const used = await this.#shrinker.keepWithinLimit(watched.job, rate);
      watched.lookedAt = performance.now(); // time in which it may have been held still does not count
      this.#lookAgain(watched, used);
    } catch (error) {
      const { id } = watched.job;
      this.#watched.delete(id);
      this.#engine.log.warn('could not limit output', { job: id, error: String(error) });
    } finally {
      watched.looking = false;
    }
  }

  /** Returns bytes per millisecond since the last look; what was there at the first came at once. */
  #noteGrowth(watched: Watched): number {
    const folder = folderOf(this.#engine, watched.job.id);
    const size = STREAMS.reduce((sum, stream) => sum + sizeOf(folder[stream]), 0);
    const [grown, now] = [size - watched.size, performance.now()];
    const rate = grown / (now - watched.lookedAt);
    const doubled = Math.min(watched.quietPause * 2, LONGEST_QUIET_PAUSE_MS);
    watched.quietPause = grown > 0 ? SHORTEST_PAUSE_MS : doubled;
    watched.size = size;
    watched.lookedAt = now;
    return rate;
  }

  /** @param used by the larger stream, bytes. */
  #lookAgain(watched: Watched, used: number): void {
    const room = limitOf(watched.job) * SHRINK_AT - used;
    const pause = Math.max(room / FASTEST_RATE, watched.quietPause);
    const isWatched = this.#watched.get(watched.job.id) === watched; // stopped during the look: no
    const running = isWatched && Date.now() - watched.seenAt < 2 * CARETAKER_PAUSE_MS;
    if (running && pause < CARETAKER_PAUSE_MS) {
      watched.timer = setTimeout(() => void this.#look(watched), pause).unref();
    } else {
      this.#watched.delete(watched.job.id);
    }
  }
}

function newWatched(job: Job): Watched {
  const lookedAt = performance.now();
  const quietPause = SHORTEST_PAUSE_MS;
  return { job, seenAt: 0, size: 0, lookedAt, quietPause, timer: null, looking: false };
}
