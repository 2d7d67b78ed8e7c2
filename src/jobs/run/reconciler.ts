/**
 * Looks after every job of the home, whoever started it: records ends, enforces limits, adopts what
 * a dead server left, sweeps up after ended jobs, starts the next. Each tick looks only at jobs that
 * are alive, so its cost does not grow with history.
 */
import { setImmediate as nextTurn } from 'node:timers/promises';
import { hasEnded, type Ending, type Job } from '../../core/job.ts';
import { readExit, readSupervisor } from '../../executors/local/supervisor-record.ts';
import { forbidLaunch } from '../../executors/local/forbid-launch.ts';
import { probeText } from '../../os/process-identity.ts';
import { attempt, later, type Recurring } from '../../os/every.ts';
import { groupIsEmpty } from '../../os/process-table.ts';
import { sweepLeftBehind } from '../../executors/local/terminate.ts';
import { DiskFloor } from './disk-floor.ts';
import { type Engine, folderOf } from '../context/job-context.ts';
import type { Finisher } from './record-end.ts';
import type { Launcher } from './launcher.ts';
import { OutputCap } from './output-cap.ts';
import { DEFAULT_GRACE_MS, type Terminator } from './terminator.ts';

const TICK_MS = 1_000;
const SOON_MS = 100;
/** Jobs of a submitter that is gone are ended in portions, one a tick. */
const ABANDONED_AT_ONCE = 50;

export class Caretaker {
  readonly #engine: Engine;
  readonly #finisher: Finisher;
  readonly #launcher: Launcher;
  readonly #terminator: Terminator;
  readonly #cap: OutputCap;
  readonly #floor: DiskFloor;
  readonly #ticking: Recurring;
  #started = false;
  readonly #sweeping = new Map<string, Promise<void>>();

  constructor(engine: Engine, finisher: Finisher, launcher: Launcher, terminator: Terminator) {
    this.#engine = engine;
    this.#finisher = finisher;
    this.#launcher = launcher;
    this.#terminator = terminator;
    this.#cap = new OutputCap(engine, (job) => this.#end(job, 'output_limit'));
    this.#floor = new DiskFloor(engine);
    this.#ticking = later('tick', this.#tickAndGoOn, engine.log);
  }

  /** Looks at everything at once, then about every second until `stop`. */
  start(): void {
    this.#started = true;
    this.#engine.events.on('changed', this.#onChanged);
    this.#engine.events.on('ended', this.#onEnded);
    attempt('tick', this.#tickAndGoOn, this.#engine.log);
  }

  stop(): void {
    this.#started = false;
    this.#engine.events.off('changed', this.#onChanged);
    this.#engine.events.off('ended', this.#onEnded);
    this.#ticking.stop();
    this.#cap.stop();
  }

  /** Waits until the sweeps that are due are done: for a process that leaves with its job. */
  async settle(): Promise<void> {
    await nextTurn();
    for (const jobId of this.#engine.lists.unswept()) this.#sweep(jobId);
    await Promise.all(this.#sweeping.values());
  }

  readonly #onChanged = (): void => this.#ticking.within(SOON_MS);

  readonly #onEnded = (jobId: string): void => {
    // After the reply that reports the end.
    setImmediate(() => {
      if (this.#started) attempt('an end', () => this.#followUp(jobId), this.#engine.log);
    });
  };

  #followUp(jobId: string): void {
    if (this.#leftMembers(jobId)) this.#sweep(jobId);
    this.#launcher.startNext();
  }

  /**
   * One system call tells of what stayed in the job's process group: that is ended at once. For what
   * has left the group the whole process table is read, which can wait for the next tick.
   */
  #leftMembers(jobId: string): boolean {
    const supervisor = readSupervisor(folderOf(this.#engine, jobId).root);
    return supervisor !== null && supervisor !== 'starting' && !groupIsEmpty(supervisor.pid);
  }

  /** The next one is due whatever becomes of this one. */
  readonly #tickAndGoOn = (): void => {
    let next = TICK_MS;
    try {
      next = this.#tick();
    } finally {
      this.#ticking.within(next);
    }
  };

  /** Returns the time until somebody's limit is due, at most one tick. */
  #tick(): number {
    let next = TICK_MS;
    const { lists } = this.#engine;
    for (const holder of lists.holders()) this.#safely(() => this.#lookAfterHolder(holder));
    const active = lists.active();
    for (const job of active) {
      this.#safely(() => (next = Math.min(next, this.#lookAfter(job))), job.id);
    }
    const running = active.filter(({ state }) => state.name === 'running');
    for (const job of this.#floor.jobsToEnd(running)) this.#end(job, 'disk_full');
    for (const jobId of lists.unswept()) this.#sweep(jobId);
    this.#launcher.startNext();
    return next;
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
    if (this.#isAlive(submitter)) return;
    const { lists, store, server } = this.#engine;
    for (const jobId of lists.heldBy(submitter, ABANDONED_AT_ONCE)) {
      if (!store.endPending(jobId, 'abandoned', server)) continue;
      this.#finisher.neverStarted(jobId, ABANDONED);
    }
  }

  #lookAfter(job: Job): number {
    const { state } = job;
    if (state.name === 'preparing') this.#lookAfterPreparing(job, state.claimedBy);
    return state.name === 'running' ? this.#lookAfterRunning(job, state.startedAt) : TICK_MS;
  }

  #lookAfterPreparing(job: Job, claimedBy: string): void {
    if (claimedBy === this.#engine.server) {
      if (job.ending) this.#launcher.abortPreparation(job.id);
      return;
    }
    if (!this.#engine.startsJobs || this.#isAlive(claimedBy)) return;
    if (!this.#engine.store.takeOver(job.id, claimedBy, this.#engine.server)) return;
    this.#adopt(job);
  }

  /** Launching again is safe, see launcher.ts; without its values a job must not start, though. */
  #adopt(job: Job): void {
    const { root } = folderOf(this.#engine, job.id);
    const launched = readSupervisor(root) !== null;
    if (!launched && job.bound && forbidLaunch(root)) {
      this.#finisher.neverStarted(job.id, ABANDONED);
      return;
    }
    void this.#launcher.start(job);
  }

  #lookAfterRunning(job: Job, startedAt: number): number {
    const seen = this.#launcher.isChild(job.id) ? job : this.#finisher.observe(job.id);
    if (!seen || hasEnded(seen)) return TICK_MS;
    this.#cap.watch(job);
    if (seen.ending) {
      const orphaned = seen.endingBy !== null && !this.#isAlive(seen.endingBy);
      if (orphaned) void this.#terminator.carryOut(job.id, DEFAULT_GRACE_MS);
      return TICK_MS;
    }
    const left = remainingMs(job, startedAt);
    if (left <= 0) this.#end(job, 'timed_out');
    return Math.min(TICK_MS, Math.max(1, left));
  }

  #end(job: Job, ending: Ending): void {
    void this.#terminator.end(job, ending, DEFAULT_GRACE_MS).catch((error: unknown) => {
      this.#engine.log.error('could not end a job', { job: job.id, error: String(error) });
    });
  }

  #sweep(jobId: string): void {
    if (this.#sweeping.has(jobId)) return;
    const work = this.#sweepNow(jobId).finally(() => this.#sweeping.delete(jobId));
    this.#sweeping.set(jobId, work);
  }

  async #sweepNow(jobId: string): Promise<void> {
    try {
      if (!this.#engine.config.keep_background_processes) await this.#endLeftBehind(jobId);
      this.#engine.store.markSwept(jobId);
    } catch (error) {
      this.#engine.log.error('sweep failed', { job: jobId, error: String(error) });
    }
  }

  async #endLeftBehind(jobId: string): Promise<void> {
    const { root } = folderOf(this.#engine, jobId);
    const supervisor = readSupervisor(root);
    const target = { jobId, supervisor: supervisor === 'starting' ? null : supervisor };
    const endedAt = readExit(root)?.endedAt ?? null;
    const { ended, survivors } = await sweepLeftBehind(target, endedAt);
    if (ended + survivors.length > 0) {
      this.#engine.log.info('ended left-behind processes', { job: jobId, ended, survivors });
    }
  }

  /** One that cannot be seen from here may well be. */
  #isAlive(server: string): boolean {
    return ['alive', 'unknown'].includes(probeText(server));
  }
}

const ABANDONED =
  'the server that held its env_vars or stdin ended first, and such values are never stored. Start it again.';

function remainingMs(job: Job, startedAt: number): number {
  const { timeoutSeconds } = job.request;
  return timeoutSeconds === 0 ? Infinity : startedAt + timeoutSeconds * 1000 - Date.now();
}
