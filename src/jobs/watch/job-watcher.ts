/**
 * One look at a job for all who follow it: whoever waits for output is told when there is some, and
 * a hundred followers cost as many looks as one.
 */
import { basename } from 'node:path';
import type { Job } from '../../core/job.ts';
import { POLL_MS } from '../../output/files/change-watch.ts';
import { FolderWatch, type OnChange } from '../../os/folder-watch.ts';
import { type Stream, STREAMS } from '../../output/files/job-folder.ts';
import { type Engine, folderOf } from '../context/job-context.ts';
import type { Finisher } from '../run/record-end.ts';
import { LiveTail } from './live-tail.ts';
import { Pace } from './throttle.ts';

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
    const watched = this.#watched.get(jobId) ?? this.#watch(jobId);
    watched.join(wake);
    return watched;
  }

  #watch(jobId: string): WatchedJob {
    const forget = (): void => {
      if (this.#watched.get(jobId) === watched) this.#watched.delete(jobId);
    };
    const watched = new WatchedJob(this.#engine, this.#finisher, jobId, forget);
    this.#watched.set(jobId, watched);
    return watched;
  }
}

export class WatchedJob {
  readonly tails: Readonly<Record<Stream, LiveTail>>;
  readonly #engine: Engine;
  readonly #finisher: Finisher;
  readonly #jobId: string;
  readonly #forget: () => void;
  readonly #folder: FolderWatch;
  /** Each at its own pace: what one stream prints does not wait for the other. */
  readonly #looks: Readonly<Record<Stream | 'job', Pace>>;
  readonly #streams: Readonly<Record<string, Stream>>;
  /** For what no event told. */
  readonly #poll: NodeJS.Timeout;
  readonly #followers = new Set<() => void>();
  #job: Job | null;

  constructor(engine: Engine, finisher: Finisher, jobId: string, forget: () => void) {
    this.#engine = engine;
    this.#finisher = finisher;
    this.#jobId = jobId;
    this.#forget = forget;
    const { root, stdout, stderr } = folderOf(engine, jobId);
    this.#streams = { [basename(stdout)]: 'stdout', [basename(stderr)]: 'stderr' };
    this.#looks = {
      stdout: new Pace(() => this.#tellGrowth('stdout'), this.#giveUp),
      stderr: new Pace(() => this.#tellGrowth('stderr'), this.#giveUp),
      job: new Pace(() => this.#lookAtJob(), this.#giveUp),
    };
    this.#job = finisher.observe(jobId); // first: when it throws, there is nothing to be closed
    this.#folder = new FolderWatch(root, this.#onFile);
    this.tails = { stdout: new LiveTail(stdout), stderr: new LiveTail(stderr) };
    this.#poll = setInterval(() => this.#looks.job.due(), POLL_MS);
    engine.events.on('changed', this.#onChanged);
  }

  /**
   * Looked at before its output: what was written before the end is there. Null: removed, or it
   * cannot be looked at any more.
   */
  get job(): Job | null {
    return this.#job;
  }

  join(wake: () => void): void {
    this.#followers.add(wake);
  }

  leave(wake: () => void): void {
    this.#followers.delete(wake);
    if (this.#followers.size > 0) return;
    this.#close();
  }

  /** Whoever joins after this looks anew. */
  #close(): void {
    this.#forget();
    this.#engine.events.off('changed', this.#onChanged);
    clearInterval(this.#poll);
    this.#folder.close();
    for (const look of Object.values(this.#looks)) look.stop();
    for (const stream of STREAMS) this.tails[stream].close();
  }

  /** The job itself is looked at when another file than its output changes: its end is one. */
  readonly #onFile: OnChange = (kind, name) => {
    const stream = kind === 'change' && name !== null ? this.#streams[name] : undefined;
    this.#looks[stream ?? 'job'].due();
  };

  /** In a turn of its own: whoever changed the job is not through with it. */
  readonly #onChanged = (changed: string): void => {
    if (changed === this.#jobId) setImmediate(() => this.#looks.job.due());
  };

  #lookAtJob(): void {
    const before = this.#job?.state.name;
    this.#job = this.#finisher.observe(this.#jobId);
    for (const stream of STREAMS) this.#tellGrowth(stream);
    if (this.#job?.state.name !== before) this.#tell();
  }

  #tellGrowth(stream: Stream): void {
    if (this.tails[stream].hasGrown()) this.#tell();
  }

  #tell(): void {
    for (const wake of this.#followers) wake();
  }

  /** The database was closed, or there are no descriptors left: this look is over for all. */
  readonly #giveUp = (error: unknown): void => {
    this.#engine.log.debug('following ended', { job: this.#jobId, error: String(error) });
    this.#close();
    this.#job = null;
    this.#tell();
  };
}
