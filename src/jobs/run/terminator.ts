/** Ends jobs: by request, at their time limit, at their output limit. The first cause stands. */
import { hasEnded, type Ending, type Job } from '../../core/job.ts';
import { readSupervisor } from '../../executors/local/supervisor-record.ts';
import { terminate } from '../../executors/local/terminate.ts';
import { type Engine, folderOf } from '../context/job-context.ts';
import type { Finisher } from './record-end.ts';
import type { Launcher } from './launcher.ts';

export const DEFAULT_GRACE_MS = 5_000;

/** After its processes are gone, how long a job may take to get its final state. */
const SETTLE_MS = 2_000;

export class Terminator {
  readonly #engine: Engine;
  readonly #finisher: Finisher;
  readonly #launcher: Launcher;
  readonly #underWay = new Map<string, Promise<number[]>>();

  constructor(engine: Engine, finisher: Finisher, launcher: Launcher) {
    this.#engine = engine;
    this.#finisher = finisher;
    this.#launcher = launcher;
  }

  /**
   * Ends a job and everything it started; returns the ids of processes that could not be ended.
   * A job that has ended meanwhile, or is being ended, is left as it is.
   */
  async end(job: Job, ending: Ending, graceMs: number): Promise<number[]> {
    const { store, server } = this.#engine;
    if (store.endPending(job.id, ending, server)) {
      this.#finisher.neverStarted(job.id, 'it was cancelled before its script started.');
      return [];
    }
    store.markEnding(job.id, ending, server);
    return this.carryOut(job.id, graceMs);
  }

  /** Carries out a recorded decision; also for a server that died before it could. */
  async carryOut(jobId: string, graceMs: number): Promise<number[]> {
    const already = this.#underWay.get(jobId);
    if (already && graceMs > 0) return already; // without grace: do not wait for the earlier one's
    const work = this.#endProcesses(jobId, graceMs);
    this.#underWay.set(jobId, work);
    try {
      return await work;
    } finally {
      this.#underWay.delete(jobId);
    }
  }

  async #endProcesses(jobId: string, graceMs: number): Promise<number[]> {
    this.#launcher.abortPreparation(jobId);
    await this.#untilLaunchedOrEnded(jobId, graceMs + SETTLE_MS);
    const supervisor = readSupervisor(folderOf(this.#engine, jobId).root);
    const target = { jobId, supervisor: supervisor === 'starting' ? null : supervisor };
    const { survivors } = await terminate(target, graceMs);
    await this.#untilEnded(jobId, SETTLE_MS);
    return survivors;
  }

  /** A launch in progress, here or in another server, sees the decision and stops or completes. */
  async #untilLaunchedOrEnded(jobId: string, withinMs: number): Promise<void> {
    await this.#until(withinMs, () => {
      const job = this.#finisher.observe(jobId);
      if (!job || hasEnded(job)) return true;
      return readSupervisor(folderOf(this.#engine, jobId).root) instanceof Object;
    });
  }

  async #untilEnded(jobId: string, withinMs: number): Promise<void> {
    await this.#until(withinMs, () => {
      const job = this.#finisher.observe(jobId);
      return !job || hasEnded(job);
    });
  }

  async #until(withinMs: number, condition: () => boolean): Promise<void> {
    const deadline = Date.now() + withinMs;
    while (!condition() && Date.now() < deadline) {
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  }
}
