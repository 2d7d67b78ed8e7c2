/** What happens to jobs long after their end, slowly and beside everything else: rest and removal. */
import { type Engine } from '../context/job-context.ts';
import { bringToRest } from './compact-output.ts';
import { removeOldJobs } from './retention.ts';

const PASS_EVERY_MS = 5_000;
/** So long after its end a job is still looked at by its people, and with their own tools. */
const REST_AFTER_MS = 60_000;
const RETRY_AFTER_MS = 10 * 60_000;
/** Jobs brought to rest in one pass. */
const BATCH = 100;

export class Housekeeping {
  readonly #engine: Engine;
  readonly #stopped = new AbortController();
  /** Jobs that could not be brought to rest, and when to try again (Unix ms). */
  readonly #retryAt = new Map<string, number>();
  #timer: NodeJS.Timeout | null = null;

  constructor(engine: Engine) {
    this.#engine = engine;
  }

  start(): void {
    if (this.#stopped.signal.aborted) return;
    this.#timer = setTimeout(() => void this.#pass(), PASS_EVERY_MS).unref();
  }

  /** Work under way ends within one frame of a log, and touches the store no more. */
  stop(): void {
    this.#stopped.abort(new Error('the server is closing'));
    if (this.#timer) clearTimeout(this.#timer);
  }

  async #pass(): Promise<void> {
    const { signal } = this.#stopped;
    try {
      for (const jobId of this.#waiting()) {
        if (signal.aborted) return;
        await this.#rest(jobId);
      }
      if (!signal.aborted) await removeOldJobs(this.#engine, signal);
    } catch (error) {
      if (!signal.aborted) this.#report('housekeeping failed', error);
    }
    this.start();
  }

  #waiting(): string[] {
    const now = Date.now();
    const ids = this.#engine.lists.notAtRest(now - REST_AFTER_MS, BATCH + this.#retryAt.size);
    return ids.filter((id) => (this.#retryAt.get(id) ?? 0) <= now);
  }

  async #rest(jobId: string): Promise<void> {
    try {
      if (await bringToRest(this.#engine, jobId, this.#stopped.signal)) {
        this.#retryAt.delete(jobId);
        return;
      }
    } catch (error) {
      if (!this.#stopped.signal.aborted) this.#report('could not pack output', error, jobId);
    }
    this.#retryAt.set(jobId, Date.now() + RETRY_AFTER_MS);
  }

  #report(what: string, error: unknown, jobId?: string): void {
    this.#engine.log.warn(what, { error: String(error), ...(jobId ? { job: jobId } : {}) });
  }
}
