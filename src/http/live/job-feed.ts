/**
 * What a follower of one job is told, in order: what building its environment says, output as it
 * appears, state when it changes, what becomes of the cells of a session, the end. For server-sent events and WebSockets alike. A slow
 * reader is not waited for and nothing is kept for it: while it takes one message the next is
 * still in the file.
 */
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { CellView } from '../../contract/replies/session.ts';
import type { JobDetails, JobItem } from '../../contract/replies/one-job.ts';
import { type Cursor, encodeCursor } from '../../core/cursor.ts';
import { JobError } from '../../core/job-error.ts';
import { hasEnded } from '../../core/job.ts';
import { every, type Recurring, UNTOLD } from '../../os/every.ts';
import type { OutputChunk, OutputFollower } from '../../jobs/read/follow-output.ts';
import type { JobService } from '../../jobs/job-service.ts';
import { contentOf } from '../wire/content.ts';
import { CellFeed } from './cell-feed.ts';
import { EnvironmentFeed, type EnvironmentPiece } from './environment-feed.ts';

export type JobMessage =
  | ({ type: 'environment' } & EnvironmentPiece)
  | { type: 'output'; cursor: string; chunk: OutputChunk }
  | { type: 'state'; job: JobItem }
  | { type: 'cell'; cell: CellView }
  | { type: 'end'; job: JobDetails }
  | { type: 'removed' }
  /** Nothing happened for a while: a sign of life is due. */
  | { type: 'idle' };

/** Null when the reader takes more at once, else resolves when it does. */
export type Deliver = (message: JobMessage) => Promise<void> | null;

const STATE_EVERY_MS = 500;
const HEARTBEAT_MS = 15_000;

/** Resolves after the last message was delivered, or when the signal was raised. */
export async function feedJob(
  jobs: JobService,
  id: string,
  from: Cursor,
  deliver: Deliver,
  signal: AbortSignal,
): Promise<void> {
  const over = Promise.withResolvers<void>();
  const feed = new JobFeed(jobs, id, from, deliver, over);
  const stop = (): void => over.resolve();
  signal.addEventListener('abort', stop, { once: true });
  if (signal.aborted) stop();
  try {
    await over.promise;
  } finally {
    signal.removeEventListener('abort', stop);
    feed.close();
  }
}

class JobFeed {
  readonly #jobs: JobService;
  readonly #id: string;
  readonly #deliver: Deliver;
  readonly #over: PromiseWithResolvers<void>;
  readonly #environment: EnvironmentFeed;
  readonly #state: StateChanges;
  readonly #cells: CellFeed;
  readonly #follower: OutputFollower;
  readonly #looks: Recurring;
  /** Until the reader has taken the last message. */
  #isBusy = false;
  #isClosed = false;
  #spokeAt = performance.now();

  constructor(
    jobs: JobService,
    id: string,
    from: Cursor,
    deliver: Deliver,
    over: PromiseWithResolvers<void>,
  ) {
    this.#jobs = jobs;
    this.#id = id;
    this.#deliver = deliver;
    this.#over = over;
    this.#environment = new EnvironmentFeed(jobs, id);
    this.#state = new StateChanges(jobs, id);
    this.#follower = jobs.read.follow(id, from, () => this.#unlessBusy(this.#tellOutput));
    this.#cells = new CellFeed(jobs, id, () => this.#unlessBusy(this.#tellCell));
    const look = (): void => this.#unlessBusy(this.#tellWhatIsDue);
    this.#looks = every(STATE_EVERY_MS, 'a look at a job', look, UNTOLD); // `unlessBusy` tells
    this.#goOn();
  }

  close(): void {
    this.#isClosed = true;
    this.#looks.stop();
    this.#follower.leave();
    this.#cells.close();
  }

  #goOn(): void {
    this.#isBusy = false;
    this.#unlessBusy(this.#tellEnvironment);
    this.#unlessBusy(this.#tellState);
    this.#unlessBusy(this.#tellOutput);
    this.#unlessBusy(this.#tellCell);
  }

  #unlessBusy(tell: () => void): void {
    if (this.#isBusy || this.#isClosed) return;
    try {
      tell();
    } catch (error) {
      this.#over.reject(error);
    }
  }

  /** One chunk: a connection that takes all at once must not keep the others waiting. */
  readonly #tellOutput = (): void => {
    const next = this.#follower.next();
    if (next === 'later') return;
    if (next === 'over') this.#tellRest();
    else this.#send({ type: 'output', cursor: encodeCursor(next.cursor), chunk: next });
  };

  readonly #tellEnvironment = (): void => {
    const piece = existing(() => this.#environment.next());
    if (piece) this.#send({ type: 'environment', ...piece });
  };

  readonly #tellState = (): void => {
    const changed = this.#state.ifChanged();
    if (changed) this.#send(changed);
  };

  readonly #tellCell = (): void => {
    const cell = existing(() => this.#cells.next());
    if (cell) this.#send({ type: 'cell', cell });
  };

  readonly #tellWhatIsDue = (): void => {
    this.#tellEnvironment();
    this.#unlessBusy(this.#tellState);
    this.#unlessBusy(this.#tellCell);
    if (performance.now() - this.#spokeAt >= HEARTBEAT_MS) this.#send({ type: 'idle' });
  };

  /** Why a build failed is said before the end. */
  #tellRest(): void {
    this.#tellEnvironment();
    this.#unlessBusy(this.#tellCell);
    if (!this.#isBusy) this.#tellEnd();
  }

  #tellEnd(): void {
    this.#isBusy = true;
    const taken = this.#deliver(lastMessage(this.#jobs, this.#id));
    this.#over.resolve(taken ?? undefined);
  }

  #send(message: JobMessage): void {
    this.#isBusy = true;
    const ready = this.#deliver(message);
    this.#spokeAt = performance.now();
    void (ready ?? nextTurn()).then(() => this.#goOn(), this.#over.reject);
  }
}

/** The state as a message when it is another than the last one told, and not too soon after it. */
class StateChanges {
  readonly #jobs: JobService;
  readonly #id: string;
  #told = '';
  #toldAt = -Infinity;

  constructor(jobs: JobService, id: string) {
    this.#jobs = jobs;
    this.#id = id;
  }

  ifChanged(): JobMessage | null {
    if (performance.now() - this.#toldAt < STATE_EVERY_MS - 1) return null;
    const job = existing(() => this.#jobs.inspect.item(this.#id));
    if (!job) return null;
    this.#toldAt = performance.now();
    const text = JSON.stringify({ ...job, elapsed_seconds: 0 });
    if (text === this.#told) return null;
    this.#told = text;
    return { type: 'state', job };
  }
}

/** A chunk as readers get it. */
export function outputFields({ stream, bytes, cursor, skipped }: OutputChunk): object {
  const next = cursor[stream];
  return { stream, from: next - bytes.length, next, ...contentOf(bytes), skipped };
}

/** @throws Error when the job goes on, but cannot be followed: its reader is to come again. */
function lastMessage(jobs: JobService, id: string): JobMessage {
  const job = existing(() => jobs.get(id));
  if (!job) return { type: 'removed' };
  if (hasEnded(job)) return { type: 'end', job: jobs.inspect.details(id) };
  throw new Error(`job ${id} could not be followed any further`);
}

/** Null for a job that was removed meanwhile. */
function existing<T>(look: () => T): T | null {
  try {
    return look();
  } catch (error) {
    if (error instanceof JobError && error.code === 'unknown_job') return null;
    throw error;
  }
}
