/**
 * Keeps the output of running jobs within its disk space. Past the limit a stream keeps its head and
 * its tail, and what lies between is given back to the disk; where that is not possible the job is
 * ended. Every server of the home does this, and it does not matter who is first.
 */
import { statSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Job } from '../core/job.ts';
import { chooseGap } from '../output/choose-gap.ts';
import { readGap, recordGap } from '../output/output-gap.ts';
import { STREAMS } from '../output/job-folder.ts';
import { canPunchHoles, punchHole } from '../process/punch-hole.ts';
import { type Engine, folderOf } from './engine.ts';

/** Less could not be told apart in blocks of a disk. */
const SMALLEST_CAP_BYTES = 64 * 1024;
/** Of the limit: from here on the middle goes. A fast script writes on while that is done. */
const ACT_AT = 1 / 2;
/** Of the limit: what is kept at the beginning, and at least at the end, where errors stand. */
const KEEP_HEAD = 1 / 8;
const KEEP_TAIL = 1 / 4;
/** No script is expected to write faster, in bytes per millisecond. */
const FASTEST_RATE = 500_000;
const SHORTEST_PAUSE_MS = 20;
const LONGEST_QUIET_PAUSE_MS = 250;
/** The caretaker looks this often in any case. */
const CARETAKER_PAUSE_MS = 1_000;

interface Watched {
  job: Job;
  /** When the caretaker last said that the job runs (Unix ms). */
  seenAt: number;
  size: number;
  pause: number;
  timer: NodeJS.Timeout | null;
  looking: boolean;
}

export class OutputCap {
  readonly #engine: Engine;
  readonly #end: (job: Job) => void;
  readonly #watched = new Map<string, Watched>();
  #canPunch: Promise<boolean> | null = null;

  /** @param end is called for a job that is over its limit when the system knows no holes. */
  constructor(engine: Engine, end: (job: Job) => void) {
    this.#engine = engine;
    this.#end = end;
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
      this.#lookAgain(watched, await this.#keepWithinLimit(watched.job));
    } catch (error) {
      this.#watched.delete(watched.job.id);
      this.#engine.log.warn('could not limit output', {
        job: watched.job.id,
        error: String(error),
      });
    } finally {
      watched.looking = false;
    }
  }

  /** Returns the bytes that the larger stream takes then, and the size of both. */
  async #keepWithinLimit(job: Job): Promise<{ used: number; size: number }> {
    const folder = folderOf(this.#engine, job.id);
    let [most, total] = [0, 0];
    for (const stream of STREAMS) {
      const path = folder[stream];
      const { used, size } = spaceOf(path, limitOf(job));
      most = Math.max(
        most,
        used > limitOf(job) * ACT_AT ? await this.#shrink(job, path, used) : used,
      );
      total += size;
    }
    return { used: most, size: total };
  }

  async #shrink(job: Job, path: string, used: number): Promise<number> {
    this.#canPunch ??= canPunchHoles(dirname(path));
    if (!(await this.#canPunch)) {
      if (used > limitOf(job)) this.#end(job);
      return used;
    }
    const limit = limitOf(job);
    const gap = chooseGap(path, limit * KEEP_HEAD, limit * KEEP_TAIL);
    if (gap) await recordGap(path, gap);
    const whole = gap ?? readGap(path); // one that was recorded by a server that did not get further
    if (whole && !(await punchHole(path, whole.from, whole.to))) this.#end(job);
    return spaceOf(path, limitOf(job)).used;
  }

  #lookAgain(watched: Watched, { used, size }: { used: number; size: number }): void {
    const needed = (limitOf(watched.job) * ACT_AT - used) / FASTEST_RATE;
    const quiet = size === watched.size ? Math.min(watched.pause * 2, LONGEST_QUIET_PAUSE_MS) : 0;
    watched.pause = Math.max(needed, quiet, SHORTEST_PAUSE_MS);
    watched.size = size;
    const running = Date.now() - watched.seenAt < 2 * CARETAKER_PAUSE_MS;
    if (running && watched.pause < CARETAKER_PAUSE_MS) {
      watched.timer = setTimeout(() => void this.#look(watched), watched.pause).unref();
    } else {
      this.#watched.delete(watched.job.id);
    }
  }
}

function newWatched(job: Job): Watched {
  return { job, seenAt: 0, size: 0, pause: 0, timer: null, looking: false };
}

function limitOf({ request }: Job): number {
  return Math.max(request.maxOutputBytes, SMALLEST_CAP_BYTES);
}

/** The gap is looked up only where there can be one. */
function spaceOf(path: string, limit: number): { used: number; size: number } {
  const size = statSync(path, { throwIfNoEntry: false })?.size ?? 0;
  const gap = size > limit * ACT_AT ? readGap(path) : null;
  return { used: size - (gap ? gap.to - gap.from : 0), size };
}
