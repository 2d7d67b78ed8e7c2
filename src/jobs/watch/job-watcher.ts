/**
 * News of jobs: whoever waits for some is told, and a hundred who wait for the same job cost as many
 * looks as one. News come from events of this process, from files, and from a look now and then.
 */
import { basename } from 'node:path';
import type { Job } from '../../core/job.ts';
import { attempt, every, type Faults, later, type Recurring } from '../../os/every.ts';
import { FolderWatch, type OnChange } from '../../os/folder-watch.ts';
import { type JobFolder, type Stream, STREAMS } from '../../output/files/job-folder.ts';
import { type Engine, folderOf } from '../context/job-context.ts';
import { LiveTail } from './live-tail.ts';
import { Throttle } from './throttle.ts';

/** Safety net where file events are missing (network file systems, no watches left). */
export const POLL_MS = 250;
/** A locked database or a lack of descriptors passes; after this long it is not waited for. */
const GIVE_UP_AFTER_MS = 60_000;

export interface Look {
  /** The job as it is now, its end recorded; null when there is none. */
  at(jobId: string): Job | null;
  /** Whether this process launches or launched it: then it hears of every change of its state. */
  isOurs(jobId: string): boolean;
}

export class JobWatcher {
  readonly log: Faults;
  readonly #engine: Engine;
  readonly #look: Look;
  readonly #watched = new Map<string, WatchedJob>();

  constructor(engine: Engine, look: Look) {
    this.log = engine.log;
    this.#engine = engine;
    this.#look = look;
  }

  /** `onNews` is called when something may have changed. To be left again with the same. */
  join(jobId: string, onNews: () => void): WatchedJob {
    const watched = this.#watched.get(jobId) ?? this.#watch(jobId);
    watched.join(onNews);
    return watched;
  }

  /** The database is closed next: whoever waits is told that there is nothing more to see. */
  close(): void {
    for (const watched of this.#watched.values()) watched.end();
  }

  #watch(jobId: string): WatchedJob {
    const forget = (): void => {
      if (this.#watched.get(jobId) === watched) this.#watched.delete(jobId);
    };
    const watched = new WatchedJob(this.#engine, this.#look, jobId, forget);
    this.#watched.set(jobId, watched);
    return watched;
  }
}

export type Tails = Readonly<Record<Stream, LiveTail>>;

export class WatchedJob {
  readonly #engine: Engine;
  readonly #look: Look;
  readonly #jobId: string;
  readonly #forget: () => void;
  readonly #throttle: Throttle;
  readonly #lookAgain: Recurring;
  readonly #listeners = new Set<() => void>();
  #folder: WatchedFolder | null = null;
  #job: Job | null;
  #failingSince: number | null = null;

  constructor(engine: Engine, look: Look, jobId: string, forget: () => void) {
    this.#engine = engine;
    this.#look = look;
    this.#jobId = jobId;
    this.#forget = forget;
    const { log } = engine;
    this.#throttle = new Throttle(() => this.#lookAtJob(), this.#onFailure, log);
    this.#lookAgain = later('a look', () => this.#throttle.due(), log, { keepsAlive: true });
    this.#job = look.at(jobId); // first: when it throws, there is nothing to be closed
    engine.events.on('changed', this.#onChanged);
    engine.events.on('ended', this.#onEnded);
    if (!look.isOurs(jobId)) this.#watchFolder();
  }

  /**
   * Looked at before its output: what was written before the end is there. Null: removed, or it
   * cannot be looked at any more.
   */
  get job(): Job | null {
    return this.#job;
  }

  /** The growth of the output is news from now on. */
  watchOutput(): Tails {
    return this.#watchFolder().tails;
  }

  join(onNews: () => void): void {
    this.#listeners.add(onNews);
  }

  leave(onNews: () => void): void {
    this.#listeners.delete(onNews);
    if (this.#listeners.size === 0) this.#close();
  }

  /** This look is over for all; whoever joins after this looks anew. */
  end(): void {
    this.#close();
    this.#job = null;
    this.#tell();
  }

  #close(): void {
    this.#forget();
    this.#engine.events.off('changed', this.#onChanged);
    this.#engine.events.off('ended', this.#onEnded);
    this.#throttle.stop();
    this.#lookAgain.stop();
    this.#folder?.close();
  }

  #watchFolder(): WatchedFolder {
    this.#folder ??= new WatchedFolder(folderOf(this.#engine, this.#jobId), {
      onGrowth: () => this.#tell(),
      onOther: () => this.#throttle.due(),
      onFailure: this.#onFailure,
      log: this.#engine.log,
    });
    return this.#folder;
  }

  /** In a turn of its own: whoever changed the job is not through with it. */
  readonly #onChanged = (changed: string): void => {
    if (changed === this.#jobId) setImmediate(() => this.#throttle.due());
  };

  /** Before everything that has time until the end is told. */
  readonly #onEnded = (ended: string): void => {
    if (ended === this.#jobId) queueMicrotask(() => this.#throttle.now());
  };

  #lookAtJob(): void {
    const before = this.#job?.state.name;
    this.#job = this.#look.at(this.#jobId);
    this.#failingSince = null;
    this.#folder?.lookAtOutput();
    if (this.#job?.state.name !== before) this.#tell();
  }

  #tell(): void {
    for (const onNews of this.#listeners) attempt('news of a job', onNews, this.#engine.log);
  }

  /** What was seen before stands until the next look. */
  readonly #onFailure = (error: unknown): void => {
    const now = performance.now();
    this.#failingSince ??= now;
    this.#engine.log.debug('a look failed', { job: this.#jobId, error: String(error) });
    if (now - this.#failingSince > GIVE_UP_AFTER_MS) this.end();
    else if (!this.#folder) this.#lookAgain.within(POLL_MS);
  };
}

interface FolderNews {
  onGrowth: () => void;
  /** Another file than the output has changed: the end of a job is one. */
  onOther: () => void;
  onFailure: (error: unknown) => void;
  log: Faults;
}

/** Each stream at its own pace: what one prints does not wait for the other. */
class WatchedFolder {
  readonly tails: Tails;
  readonly #news: FolderNews;
  readonly #watch: FolderWatch;
  readonly #streams: Readonly<Record<string, Stream>>;
  readonly #throttles: Readonly<Record<Stream, Throttle>>;
  /** For what no event told. */
  readonly #poll: Recurring;

  constructor({ root, stdout, stderr }: JobFolder, news: FolderNews) {
    this.#news = news;
    this.#streams = { [basename(stdout)]: 'stdout', [basename(stderr)]: 'stderr' };
    this.#throttles = {
      stdout: new Throttle(() => this.#lookAt('stdout'), news.onFailure, news.log),
      stderr: new Throttle(() => this.#lookAt('stderr'), news.onFailure, news.log),
    };
    this.#watch = new FolderWatch(root, this.#onFile);
    this.tails = { stdout: new LiveTail(stdout), stderr: new LiveTail(stderr) };
    this.#poll = every(POLL_MS, 'a look', news.onOther, news.log, { keepsAlive: true });
  }

  lookAtOutput(): void {
    for (const stream of STREAMS) this.#lookAt(stream);
  }

  close(): void {
    this.#poll.stop();
    this.#watch.close();
    for (const stream of STREAMS) {
      this.#throttles[stream].stop();
      this.tails[stream].close();
    }
  }

  #lookAt(stream: Stream): void {
    if (this.tails[stream].hasGrown()) this.#news.onGrowth();
  }

  readonly #onFile: OnChange = (kind, name) => {
    const stream = kind === 'change' && name !== null ? this.#streams[name] : undefined;
    if (stream) this.#throttles[stream].due();
    else this.#news.onOther();
  };
}
