/**
 * Looks after every job of the home, whoever started it: records ends, enforces limits, adopts what
 * a dead server left, sweeps up after ended jobs, starts the next. Each tick looks only at jobs that
 * are alive, so its cost does not grow with history.
 */
import { setImmediate as nextTurn } from 'node:timers/promises';
import { hasEnded, type Ending, type Job } from '../../core/job.ts';
import { Newest } from '../../core/newest.ts';
import type { Executor, LeftProcess } from '../../executors/executor.ts';
import { executorOf } from '../../executors/executor-of.ts';
import { attempt, later, type Recurring } from '../../os/every.ts';
import { probeText } from '../../os/process-identity.ts';
import { maskOf } from '../../output/secrets/job-mask.ts';
import { needsText } from '../../store/needs.ts';
import { type Engine, folderOf, placedOf } from '../context/job-context.ts';
import { DiskFloor } from './disk-floor.ts';
import { describeLeft } from './describe-left.ts';
import type { EndRecorder } from './record-end.ts';
import type { Launcher } from './launcher.ts';
import { OutputCap } from './output-cap.ts';
import { DEFAULT_GRACE_MS, SHORT_GRACE_MS, type Terminator } from './terminator.ts';

const TICK_MS = 1_000;
const SOON_MS = 100;
/** Jobs of a submitter that is gone are ended in portions, one a tick. */
const ABANDONED_AT_ONCE = 50;
const MOST_REMEMBERED = 256;

export class Reconciler {
  readonly #engine: Engine;
  readonly #recorder: EndRecorder;
  readonly #launcher: Launcher;
  readonly #terminator: Terminator;
  readonly #cap: OutputCap;
  readonly #floor: DiskFloor;
  readonly #ticks: Recurring;
  #started = false;
  readonly #sweeping = new Map<string, Sweep>();
  /** Ended jobs that were given the cheap look: once is enough. */
  readonly #lookedFor = new Newest<string, true>(MOST_REMEMBERED);

  constructor(engine: Engine, recorder: EndRecorder, launcher: Launcher, terminator: Terminator) {
    this.#engine = engine;
    this.#recorder = recorder;
    this.#launcher = launcher;
    this.#terminator = terminator;
    this.#cap = new OutputCap(engine, (job) => this.#end(job, 'output_limit'));
    this.#floor = new DiskFloor(engine);
    this.#ticks = later('tick', () => this.#tick(), engine.log);
  }

  /** Looks at everything at once, then about every second until `stop`. */
  start(): void {
    this.#started = true;
    this.#engine.events.on('changed', this.#onChanged);
    this.#engine.events.on('ended', this.#onEnded);
    attempt('tick', () => this.#tick(), this.#engine.log);
  }

  stop(): void {
    this.#started = false;
    this.#engine.events.off('changed', this.#onChanged);
    this.#engine.events.off('ended', this.#onEnded);
    this.#ticks.stop();
    this.#cap.stop();
    this.#terminator.close();
  }

  /** Waits until what is due is done, ends and sweeps: for a process that leaves. */
  async settle(): Promise<void> {
    await this.#terminator.settle(SHORT_GRACE_MS);
    await nextTurn();
    for (const jobId of this.#engine.lists.unswept()) this.#sweep(jobId);
    await Promise.all([...this.#sweeping.values()].map(({ done }) => done));
  }

  /**
   * Resolves when it is known, and noted with the job, what it has left running. Whoever is about to
   * tell an end is not to be faster than the one who records it, here or in another server.
   */
  async leftKnown(jobId: string): Promise<void> {
    if (this.#engine.store.isSwept(jobId)) return;
    this.#recorder.recordEnd(jobId);
    if (this.#started && !this.#lookedFor.has(jobId)) this.#sweepAtOnce(jobId);
    await this.#sweeping.get(jobId)?.known;
  }

  readonly #onChanged = (): void => this.#ticks.within(SOON_MS);

  readonly #onEnded = (jobId: string): void => {
    this.#safely(() => this.#sweepAtOnce(jobId), jobId);
    // After the reply that reports the end.
    setImmediate(() => {
      if (this.#started) this.#launcher.startNext();
    });
  };

  /** What a cheap look does not find may wait for the next tick, unless others wait for what it may use. */
  #sweepAtOnce(jobId: string): void {
    this.#lookedFor.set(jobId, true);
    const job = this.#engine.store.find(jobId);
    if (!job) return;
    const isWaitedFor = needsText(job.request) !== '';
    if (isWaitedFor || this.#executorOf(job).mayHaveLeft(placedOf(this.#engine, job))) {
      this.#sweep(jobId);
    }
  }

  /** Until somebody's limit is due, at most. */
  #lookWithin(ms: number): void {
    this.#ticks.within(Math.min(TICK_MS, Math.max(1, ms)));
  }

  #tick(): void {
    this.#ticks.within(TICK_MS); // whatever goes wrong below
    this.#recorder.owed.retry();
    this.#terminator.retryDecisions();
    this.#launcher.dropEnded();
    const { lists } = this.#engine;
    for (const holder of lists.holders()) this.#safely(() => this.#lookAfterHolder(holder));
    const active = lists.active();
    for (const job of active) this.#safely(() => this.#lookAfter(job), job.id);
    const running = active.filter(({ state }) => state.name === 'running');
    for (const job of this.#floor.jobsToEnd(running)) this.#end(job, 'disk_full');
    for (const jobId of lists.unswept()) this.#sweep(jobId);
    this.#launcher.startNext();
  }

  /** What goes wrong with one job is no reason to leave the others alone. */
  #safely(work: () => void, jobId?: string): void {
    try {
      work();
    } catch (error) {
      const job = jobId === undefined ? {} : { job: jobId };
      this.#engine.log.error('a job could not be looked after', { ...job, error: String(error) });
    }
  }

  /** Jobs whose environment values only their submitter knew cannot outlive it unstarted. */
  #lookAfterHolder(submitter: string): void {
    if (!isGone(submitter)) return;
    const { lists, store, server } = this.#engine;
    for (const jobId of lists.heldBy(submitter, ABANDONED_AT_ONCE)) {
      if (!store.endPending(jobId, 'abandoned', server)) continue;
      this.#recorder.neverStarted(jobId, ABANDONED);
    }
  }

  #lookAfter(job: Job): void {
    const { state } = job;
    if (state.name === 'preparing') this.#lookAfterPreparing(job, state.claimedBy);
    if (state.name === 'running') this.#lookAfterRunning(job, state.startedAt);
  }

  #lookAfterPreparing(job: Job, claimedBy: string): void {
    if (claimedBy === this.#engine.server) {
      if (job.ending) this.#launcher.abortPreparation(job.id);
      return;
    }
    if (!this.#engine.startsJobs || !isGone(claimedBy)) return;
    if (!this.#engine.store.takeOver(job.id, claimedBy, this.#engine.server)) return;
    this.#adopt(job);
  }

  /** Launching again is safe, see launcher.ts; without its values a job must not start, though. */
  #adopt(job: Job): void {
    const [executor, placed] = [this.#executorOf(job), placedOf(this.#engine, job)];
    const isLaunched = executor.look(placed).kind !== 'absent';
    if (!isLaunched && job.bound && executor.forbidLaunch(placed)) {
      this.#recorder.neverStarted(job.id, ABANDONED);
      return;
    }
    void this.#launcher.start(job);
  }

  #lookAfterRunning(job: Job, startedAt: number): void {
    const seen = this.#launcher.isChild(job.id) ? job : this.#recorder.recordEnd(job.id);
    if (!seen || hasEnded(seen)) return;
    this.#cap.watch(job);
    if (seen.state.name === 'running' && seen.state.outOfSight) return;
    if (seen.ending) return this.#adoptEnding(seen);
    const left = this.#remainingMs(job, startedAt);
    if (left <= 0) this.#end(job, 'timed_out');
    else this.#lookWithin(left);
  }

  #adoptEnding(job: Job): void {
    if (job.ending === null || job.endingBy === null || !isGone(job.endingBy)) return;
    this.#engine.store.markEnding(job.id, job.ending, this.#engine.server); // if nobody was to
    this.#report(job, this.#terminator.endProcesses(job.id, SHORT_GRACE_MS));
  }

  #remainingMs(job: Job, startedAt: number): number {
    const { timeoutSeconds } = job.request;
    if (timeoutSeconds === 0) return Infinity;
    const ranFor = this.#executorOf(job).ranForMs(placedOf(this.#engine, job));
    return timeoutSeconds * 1000 - (ranFor ?? Date.now() - startedAt);
  }

  #end(job: Job, ending: Ending): void {
    this.#report(job, this.#terminator.end(job, ending, DEFAULT_GRACE_MS));
  }

  #report({ id }: Job, work: Promise<unknown>): void {
    work.catch((error: unknown) => {
      this.#engine.log.error('could not end a job', { job: id, error: String(error) });
    });
  }

  #sweep(jobId: string): void {
    if (this.#sweeping.has(jobId)) return;
    const { promise: told, resolve: tell } = Promise.withResolvers<void>();
    const done = this.#sweepNow(jobId, tell).finally(() => this.#sweeping.delete(jobId));
    this.#sweeping.set(jobId, { known: Promise.race([told, done]), done });
  }

  async #sweepNow(jobId: string, tell: () => void): Promise<void> {
    try {
      const job = this.#engine.store.find(jobId);
      if (!job) return;
      const keeps = this.#engine.config.keep_background_processes;
      const isSwept = keeps || (await this.#clear(job, tell));
      if (!isSwept || !this.#started) return;
      this.#engine.store.markSwept(jobId);
      if (needsText(job.request) !== '') this.#launcher.startNext();
    } catch (error) {
      this.#engine.log.error('sweep failed', { job: jobId, error: String(error) });
    }
  }

  /** Ends what the job left behind; false when it is out of sight from here. */
  async #clear(job: Job, tell: () => void): Promise<boolean> {
    const note = (left: LeftProcess[]): void => {
      const mask = maskOf(folderOf(this.#engine, job.id).root);
      this.#safely(() => this.#engine.store.noteLeft(job.id, describeLeft(left, mask)), job.id);
      tell();
    };
    const report = await this.#executorOf(job).sweep(placedOf(this.#engine, job), note);
    const { ended, survivors, outOfSight } = report;
    if (ended + survivors.length > 0) {
      this.#engine.log.info('ended left-behind processes', { job: job.id, ended, survivors });
    }
    return !outOfSight;
  }

  #executorOf(job: Job): Executor {
    return executorOf(this.#engine.executors, job.request);
  }
}

interface Sweep {
  /** Resolves when it is noted what was left, at the latest with `done`. */
  known: Promise<void>;
  done: Promise<void>;
}

/** A server that cannot be seen from here may live. */
function isGone(server: string): boolean {
  return ['gone', 'other_boot'].includes(probeText(server));
}

const ABANDONED =
  'the server that held its env_vars or stdin ended first, and such values are never stored. Start it again.';
