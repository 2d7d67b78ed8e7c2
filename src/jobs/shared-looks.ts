/**
 * One look at a job for all who follow it: whoever waits for output is told when there is some, and
 * a hundred followers cost as many looks as one.
 */
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Cursor } from '../core/cursor.ts';
import type { Job } from '../core/job.ts';
import { ChangeWatch } from '../output/change-watch.ts';
import { type Engine, folderOf } from './engine.ts';
import type { Finisher } from './finisher.ts';
import { outputSizes } from './job-view.ts';
import { pause } from './waiting.ts';

/** The job, looked at before its output: what was written before the end is in the sizes. */
export interface Look {
  /** Null when it was removed. */
  job: Job | null;
  sizes: Cursor;
}

/** From one look at a growing output to the next: a flood is taken in gulps, a line at once. */
const PACE_MS = 10;
const LOOK_AGAIN_MS = 60_000;

export class SharedLooks {
  readonly #engine: Engine;
  readonly #finisher: Finisher;
  readonly #watched = new Map<string, WatchedJob>();

  constructor(engine: Engine, finisher: Finisher) {
    this.#engine = engine;
    this.#finisher = finisher;
  }

  /** To be left again. */
  join(jobId: string): WatchedJob {
    const known = this.#watched.get(jobId);
    const watched =
      known ??
      new WatchedJob(this.#engine, this.#finisher, jobId, () => this.#watched.delete(jobId));
    this.#watched.set(jobId, watched);
    watched.join();
    return watched;
  }
}

class WatchedJob {
  readonly #engine: Engine;
  readonly #finisher: Finisher;
  readonly #jobId: string;
  readonly #watch: ChangeWatch;
  readonly #forget: () => void;
  readonly #waiting = new Set<() => void>();
  #followers = 0;
  #look: Look;

  constructor(engine: Engine, finisher: Finisher, jobId: string, forget: () => void) {
    this.#engine = engine;
    this.#finisher = finisher;
    this.#jobId = jobId;
    this.#forget = forget;
    this.#watch = new ChangeWatch(folderOf(engine, jobId).root);
    this.#look = this.#lookNow();
    engine.events.on('changed', this.#onChanged);
    void this.#run();
  }

  get look(): Look {
    return this.#look;
  }

  join(): void {
    this.#followers += 1;
  }

  leave(): void {
    this.#followers -= 1;
    if (this.#followers > 0) return;
    this.#forget();
    this.#engine.events.off('changed', this.#onChanged);
    this.#watch.wake();
  }

  /** Resolves when there is another look than `seen`, or the signal is raised. */
  async changedSince(seen: Look, signal?: AbortSignal): Promise<void> {
    if (this.#look !== seen || signal?.aborted) return;
    await new Promise<void>((resolve) => {
      const done = (): void => {
        this.#waiting.delete(done);
        signal?.removeEventListener('abort', done);
        resolve();
      };
      this.#waiting.add(done);
      signal?.addEventListener('abort', done, { once: true });
    });
  }

  async #run(): Promise<void> {
    try {
      do {
        await this.#watch.next(LOOK_AGAIN_MS);
        if (this.#followers === 0) break;
        this.#tellIfNew({ ...this.#look, sizes: this.#sizesNow() });
        await nextTurn(); // new output leaves before the longer look at what became of the job
        this.#tellIfNew(this.#lookNow());
        await pause(PACE_MS);
      } while (this.#followers > 0);
    } catch (error) {
      // The database was closed: there is nothing to follow any more.
      this.#engine.log.debug('following ended', { job: this.#jobId, error: String(error) });
      this.#tell({ ...this.#look, job: null });
    } finally {
      this.#watch.close();
    }
  }

  #tellIfNew(look: Look): void {
    if (!isSame(look, this.#look)) this.#tell(look);
  }

  #tell(look: Look): void {
    this.#look = look;
    for (const wake of this.#waiting) wake();
  }

  #lookNow(): Look {
    const job = this.#finisher.observe(this.#jobId);
    return { job, sizes: this.#sizesNow() };
  }

  #sizesNow(): Cursor {
    return outputSizes(folderOf(this.#engine, this.#jobId));
  }

  readonly #onChanged = (changed: string): void => {
    if (changed === this.#jobId) this.#watch.wake();
  };
}

function isSame(a: Look, b: Look): boolean {
  return (
    a.job?.state.name === b.job?.state.name &&
    a.sizes.stdout === b.sizes.stdout &&
    a.sizes.stderr === b.sizes.stderr
  );
}
