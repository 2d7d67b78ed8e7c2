/**
 * One look at a job for all who follow it: whoever waits for output is told when there is some, and
 * a hundred followers cost as many looks as one.
 */
import type { Cursor } from '../core/cursor.ts';
import type { Job } from '../core/job.ts';
import { ChangeWatch } from '../output/change-watch.ts';
import { STREAMS } from '../output/job-folder.ts';
import { type Engine, folderOf } from './engine.ts';
import type { Finisher } from './finisher.ts';
import { LiveTail } from './live-tail.ts';
import type { SharedPages } from './shared-pages.ts';
import { pause } from './waiting.ts';

/** From one look at a growing output to the next: a flood is taken in gulps, a line at once. */
const PACE_MS = 10;
const LOOK_AGAIN_MS = 60_000;

export class SharedLooks {
  readonly #engine: Engine;
  readonly #finisher: Finisher;
  readonly #pages: SharedPages;
  readonly #watched = new Map<string, WatchedJob>();

  constructor(engine: Engine, finisher: Finisher, pages: SharedPages) {
    this.#engine = engine;
    this.#finisher = finisher;
    this.#pages = pages;
  }

  /** `wake` is called when there may be something new. To be left again with the same. */
  join(jobId: string, wake: () => void): WatchedJob {
    let watched = this.#watched.get(jobId);
    if (!watched) {
      const forget = (): boolean => this.#watched.delete(jobId);
      watched = new WatchedJob(this.#engine, this.#finisher, this.#pages, jobId, forget);
      this.#watched.set(jobId, watched);
    }
    watched.join(wake);
    return watched;
  }
}

export class WatchedJob {
  readonly #engine: Engine;
  readonly #finisher: Finisher;
  readonly #jobId: string;
  readonly #forget: () => void;
  readonly #watch: ChangeWatch;
  readonly #tails: Record<keyof Cursor, LiveTail>;
  readonly #followers = new Set<() => void>();
  #job: Job | null;

  constructor(
    engine: Engine,
    finisher: Finisher,
    pages: SharedPages,
    jobId: string,
    forget: () => void,
  ) {
    this.#engine = engine;
    this.#finisher = finisher;
    this.#jobId = jobId;
    this.#forget = forget;
    const { root, stdout, stderr } = folderOf(engine, jobId);
    this.#watch = new ChangeWatch(root);
    this.#job = finisher.observe(jobId);
    this.#tails = { stdout: new LiveTail(stdout, pages), stderr: new LiveTail(stderr, pages) };
    engine.events.on('changed', this.#onChanged);
    void this.#run();
  }

  /** Looked at before its output: what was written before the end is there. Null: removed. */
  get job(): Job | null {
    return this.#job;
  }

  /** Whether something is, or may be, behind this position; for a job that has not ended. */
  hasMore(stream: keyof Cursor, position: number): boolean {
    return position < this.#tails[stream].end;
  }

  join(wake: () => void): void {
    this.#followers.add(wake);
  }

  leave(wake: () => void): void {
    this.#followers.delete(wake);
    if (this.#followers.size > 0) return;
    this.#forget();
    this.#engine.events.off('changed', this.#onChanged);
    this.#watch.wake();
  }

  async #run(): Promise<void> {
    try {
      do {
        await this.#watch.next(LOOK_AGAIN_MS);
        if (this.#followers.size === 0) break;
        // The longer look at what became of the job comes later, when nobody waits for its time.
        if (this.#tellGrowth()) await pause(PACE_MS);
        this.#look();
        await pause(PACE_MS);
      } while (this.#followers.size > 0);
    } catch (error) {
      // The database was closed: there is nothing to follow any more.
      this.#engine.log.debug('following ended', { job: this.#jobId, error: String(error) });
      this.#job = null;
      this.#tell();
    } finally {
      this.#watch.close();
      for (const stream of STREAMS) this.#tails[stream].close();
    }
  }

  /** What was just printed leaves at once. */
  #tellGrowth(): boolean {
    let grown = false;
    for (const stream of STREAMS) {
      if (!this.#tails[stream].hasGrown()) continue;
      grown = true;
      this.#tell();
    }
    return grown;
  }

  #look(): void {
    const before = this.#job?.state.name;
    this.#job = this.#finisher.observe(this.#jobId);
    const grown = this.#tellGrowth();
    if (!grown && this.#job?.state.name !== before) this.#tell();
  }

  #tell(): void {
    for (const wake of this.#followers) wake();
  }

  readonly #onChanged = (changed: string): void => {
    if (changed === this.#jobId) this.#watch.wake();
  };
}
