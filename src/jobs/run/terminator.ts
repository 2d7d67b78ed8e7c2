/** Ends jobs: by request, at their time limit, at their output limit. The first cause stands. */
import { setTimeout as sleep } from 'node:timers/promises';
import { hasEnded, NOBODY, type Ending, type Job } from '../../core/job.ts';
import type { EndStep } from '../../executors/executor.ts';
import { executorOf } from '../../executors/executor-of.ts';
import { type Engine, placedOf } from '../context/job-context.ts';
import type { EndRecorder } from './record-end.ts';
import type { Launcher } from './launcher.ts';

export const DEFAULT_GRACE_MS = 5_000;
/**
 * For a server that goes away: it is to be gone within 1.5 s, since clients signal after two seconds
 * and kill after four. And for a decision found unfinished: whoever took it has asked already.
 */
export const SHORT_GRACE_MS = 1_200;

/**
 * How a script is asked to end before it is killed. Python cleans up after an interrupt (`finally`,
 * `with`, `atexit`) and dies of SIGTERM at once, unless it handles that. The runtime does the same
 * (deadline.py).
 */
const STEPS: readonly EndStep[] = [
  ['SIGINT', 0.7],
  ['SIGTERM', 0.3],
];
/** After its processes are gone, how long a job may take to get its final state. */
const SETTLE_MS = 2_000;
const POLL_MS = 5;

const CANCELLED_BEFORE = 'it was cancelled before its script started.';

interface Work {
  done: Promise<number[]>;
  /** When its grace is over at the latest (ms, monotonic). */
  patientUntil: number;
}

export class Terminator {
  readonly #engine: Engine;
  readonly #recorder: EndRecorder;
  readonly #launcher: Launcher;
  readonly #underWay = new Map<string, Work>();
  #closed = false;

  constructor(engine: Engine, recorder: EndRecorder, launcher: Launcher) {
    this.#engine = engine;
    this.#recorder = recorder;
    this.#launcher = launcher;
  }

  /**
   * Ends a job and everything it started; returns the ids of processes that could not be ended.
   * A job that has ended meanwhile, or is being ended, is left as it is. When the decision cannot
   * be written, it is carried out all the same and written with the end.
   */
  async end(job: Job, ending: Ending, graceMs: number): Promise<number[]> {
    if (!this.#writeDecision(job, ending)) this.#recorder.decide(job.id, ending);
    if (job.state.name === 'pending') {
      const now = this.#engine.store.find(job.id);
      if (now === null || hasEnded(now) || now.state.name === 'pending') return [];
    }
    return this.endProcesses(job.id, graceMs);
  }

  /** Tries again to write what could not be written. To be called now and then. */
  retryDecisions(): void {
    for (const [jobId, ending] of this.#recorder.decisions()) {
      const job = this.#engine.store.find(jobId);
      if (!job || hasEnded(job) || this.#writeDecision(job, ending)) this.#recorder.forget(jobId);
    }
  }

  /** Carries out a decision; also for a server that died before it could. */
  async endProcesses(jobId: string, graceMs: number): Promise<number[]> {
    const earlier = this.#underWay.get(jobId);
    if (!earlier) return this.#begin(jobId, graceMs);
    if (earlier.patientUntil - performance.now() <= graceMs) return earlier.done;
    const inTime = await Promise.race([earlier.done, sleep(graceMs, null, { ref: false })]);
    return inTime ?? this.#begin(jobId, 0);
  }

  /** Waits for all that is under way, with little patience: for a process that leaves. */
  async settle(graceMs: number): Promise<void> {
    const work = [...this.#underWay.keys()].map((jobId) => this.endProcesses(jobId, graceMs));
    await Promise.allSettled(work);
  }

  /** What is under way touches the store no more; whoever comes next takes it over. */
  close(): void {
    this.#closed = true;
  }

  /** False when it could not be written. */
  #writeDecision(job: Job, ending: Ending): boolean {
    const { store, server, log } = this.#engine;
    try {
      if (store.endPending(job.id, ending, server)) {
        this.#recorder.neverStarted(job.id, CANCELLED_BEFORE);
      } else {
        const isOutOfSight = this.#recorder.look(job).kind === 'unknown';
        store.markEnding(job.id, ending, isOutOfSight ? NOBODY : server);
      }
      return true;
    } catch (error) {
      log.warn('could not write that a job is to end', { job: job.id, error: String(error) });
      return false;
    }
  }

  async #begin(jobId: string, graceMs: number): Promise<number[]> {
    const done = this.#endProcesses(jobId, graceMs);
    const work = { done, patientUntil: performance.now() + graceMs };
    this.#underWay.set(jobId, work);
    try {
      return await done;
    } finally {
      if (this.#underWay.get(jobId) === work) this.#underWay.delete(jobId);
    }
  }

  async #endProcesses(jobId: string, graceMs: number): Promise<number[]> {
    this.#launcher.abortPreparation(jobId);
    const job = await this.#untilLaunchedOrEnded(jobId, graceMs + SETTLE_MS);
    if (!job) return [];
    const ending = this.#recorder.endingOf(job) ?? 'cancelled';
    const executor = executorOf(this.#engine.executors, job.request);
    if (job.state.name === 'preparing' && job.state.outOfSight) {
      this.#leave(job);
      return [];
    }
    const order = { ending, graceMs, steps: graceMs > 0 ? STEPS : [] };
    const { survivors, outOfSight } = await executor.end(placedOf(this.#engine, job), order);
    if (outOfSight) this.#leave(job);
    else await this.#until(SETTLE_MS, jobId, hasEnded);
    return survivors;
  }

  /** What is prepared out of sight can be kept from starting; what runs there cannot be ended. */
  #leave(job: Job): void {
    const executor = executorOf(this.#engine.executors, job.request);
    if (job.state.name === 'preparing' && executor.forbidLaunch(placedOf(this.#engine, job))) {
      this.#recorder.neverStarted(job.id, CANCELLED_BEFORE);
    } else {
      this.#engine.store.leaveEnding(job.id, this.#engine.server);
    }
  }

  /** A launch in progress, here or in another server, sees the decision and stops or completes. */
  #untilLaunchedOrEnded(jobId: string, withinMs: number): Promise<Job | null> {
    return this.#until(withinMs, jobId, (job) => {
      if (hasEnded(job)) return true;
      const { kind } = this.#recorder.look(job);
      return kind !== 'absent' && kind !== 'starting';
    });
  }

  /** The job as it was at the last look; null when it is gone, or we are. */
  async #until(withinMs: number, jobId: string, holds: (job: Job) => boolean): Promise<Job | null> {
    const deadline = performance.now() + withinMs;
    for (;;) {
      const job = this.#closed ? null : this.#recorder.recordEnd(jobId);
      if (!job || holds(job) || performance.now() >= deadline) return job;
      await sleep(POLL_MS);
    }
  }
}
