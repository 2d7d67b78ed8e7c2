/**
 * One look at a job for all who follow it: whoever waits for output is told when there is some, and
 * a hundred followers cost as many looks as one.
 */
import type { Job } from '../core/job.ts';
import { basename } from 'node:path';
import { POLL_MS } from '../output/change-watch.ts';
import { FolderWatch } from '../output/folder-watch.ts';
import { type Stream, STREAMS } from '../output/job-folder.ts';
import { type Engine, folderOf } from './engine.ts';
import type { Finisher } from './finisher.ts';
import { LiveTail } from './live-tail.ts';

/** From one look at a growing output to the next: a flood is taken in gulps, a line at once. */
const PACE_MS = 10;

export class SharedLooks {
  readonly #engine: Engine;
  readonly #finisher: Finisher;
  readonly #watched = new Map<string, WatchedJob>();

  constructor(engine: Engine, finisher: Finisher) {
    this.#engine = engine;
    this.#finisher = finisher;
  }

  /** `wake` is called when there may be something new. To be left again with the same. */
  join(jobId: string, wake: () => void): WatchedJob {
    let watched = this.#watched.get(jobId);
    if (!watched) {
      const forget = (): boolean => this.#watched.delete(jobId);
      watched = new WatchedJob(this.#engine, this.#finisher, jobId, forget);
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
  readonly #streams: Record<string, Stream>;
  readonly tails: Readonly<Record<Stream, LiveTail>>;
  readonly #folder: FolderWatch;
  readonly #poll: NodeJS.Timeout;
  readonly #followers = new Set<() => void>();
  #job: Job | null;
  /** Something happened that was not looked at: to the output, or to the job as a whole. */
  #outputIsDue = false;
  #jobIsDue = false;
  /** While a timer runs that looks again. */
  #isResting = false;
  #isClosed = false;

  constructor(engine: Engine, finisher: Finisher, jobId: string, forget: () => void) {
    this.#engine = engine;
    this.#finisher = finisher;
    this.#jobId = jobId;
    this.#forget = forget;
    const { root, stdout, stderr } = folderOf(engine, jobId);
    this.#streams = { [basename(stdout)]: 'stdout', [basename(stderr)]: 'stderr' };
    this.#folder = new FolderWatch(root, this.#onFile);
    this.#job = finisher.observe(jobId);
    this.tails = { stdout: new LiveTail(stdout), stderr: new LiveTail(stderr) };
    this.#poll = setInterval(this.#onHint, POLL_MS);
    engine.events.on('changed', this.#onChanged);
  }

  /** Looked at before its output: what was written before the end is there. Null: removed. */
  get job(): Job | null {
    return this.#job;
  }

  join(wake: () => void): void {
    this.#followers.add(wake);
  }

  leave(wake: () => void): void {
    this.#followers.delete(wake);
    if (this.#followers.size > 0 || this.#isClosed) return;
    this.#forget();
    this.#close();
  }

  #close(): void {
    this.#isClosed = true;
    this.#engine.events.off('changed', this.#onChanged);
    clearInterval(this.#poll);
    this.#folder.close();
    for (const stream of STREAMS) this.tails[stream].close();
  }

  readonly #onFile = (kind: 'rename' | 'change', name: string | null): void => {
    const stream = kind === 'change' && name !== null ? this.#streams[name] : undefined;
    if (stream) this.#outputIsDue = true;
    else this.#jobIsDue = true;
    this.#lookUnlessResting(stream);
  };

  /** The job may have changed in a way that no file shows, or whose event was missed. */
  readonly #onHint = (): void => {
    this.#jobIsDue = true;
    this.#lookUnlessResting();
  };

  /** In a turn of its own: whoever changed the job is not through with it. */
  readonly #onChanged = (changed: string): void => {
    if (changed === this.#jobId) setImmediate(this.#onHint);
  };

  readonly #onRested = (): void => {
    this.#isResting = false;
    if (this.#outputIsDue || this.#jobIsDue) this.#lookUnlessResting();
  };

  #lookUnlessResting(grown?: Stream): void {
    if (this.#isResting || this.#isClosed) return;
    this.#isResting = true;
    try {
      this.#look(grown);
    } catch (error) {
      this.#giveUp(error);
    }
    setTimeout(this.#onRested, PACE_MS);
  }

  /** What was just printed leaves at once; what became of the job is looked at only when due. */
  #look(grown?: Stream): void {
    const before = this.#job?.state.name;
    if (this.#jobIsDue) this.#job = this.#finisher.observe(this.#jobId);
    this.#outputIsDue = this.#jobIsDue = false;
    const told = this.#tellGrowth(grown);
    if (!told && this.#job?.state.name !== before) this.#tell();
  }

  #tellGrowth(first: Stream = 'stdout'): boolean {
    const second = first === 'stdout' ? 'stderr' : 'stdout';
    const grown = this.#tellGrowthOf(first);
    return this.#tellGrowthOf(second) || grown;
  }

  #tellGrowthOf(stream: Stream): boolean {
    const grown = !this.#isClosed && this.tails[stream].hasGrown();
    if (grown) this.#tell();
    return grown;
  }

  #tell(): void {
    for (const wake of this.#followers) wake();
  }

  /** The database was closed: there is nothing to follow any more. */
  #giveUp(error: unknown): void {
    this.#engine.log.debug('following ended', { job: this.#jobId, error: String(error) });
    this.#job = null;
    this.#tell();
    this.#close();
  }
}
