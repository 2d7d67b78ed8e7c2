/** What happens to jobs long after their end, slowly and beside everything else: rest and removal. */
import { every, type Recurring } from '../../os/every.ts';
import { type Engine } from '../context/job-context.ts';
import { compactOutput } from './compact-output.ts';
import { measureJobs } from './measure.ts';
import { PutOff } from './put-off.ts';
import { removeOldJobs } from './retention.ts';

const PASS_EVERY_MS = 5_000;
/** So long after its end a job is still looked at by its people, and with their own tools. */
const REST_AFTER_MS = 60_000;
/** Jobs measured, and brought to rest, in one pass. */
const BATCH = 100;

export class Housekeeping {
  readonly #engine: Engine;
  readonly #stopped = new AbortController();
  /** Jobs that could not be brought to rest. */
  readonly #restless = new PutOff();
  /** Jobs that could not be removed. */
  readonly #stubborn = new PutOff();
  #passing: Recurring | null = null;

  constructor(engine: Engine) {
    this.#engine = engine;
  }

  start(): void {
    this.#passing = every(PASS_EVERY_MS, 'housekeeping', () => this.#pass(), this.#engine.log);
  }

  /** Work under way ends within one frame of a log, and touches the store no more. */
  stop(): void {
    this.#passing?.stop();
    this.#stopped.abort(new Error('the server is closing'));
  }

  async #pass(): Promise<void> {
    const { signal } = this.#stopped;
    const { config, lists, store } = this.#engine;
    store.keepReserve(config.min_free_disk_bytes);
    await measureJobs(this.#engine, lists.unmeasured(BATCH));
    for (const jobId of this.#waiting()) {
      if (signal.aborted) return;
      await this.#rest(jobId);
    }
    if (!signal.aborted) await removeOldJobs(this.#engine, this.#stubborn, signal);
  }

  #waiting(): string[] {
    const before = Date.now() - REST_AFTER_MS;
    const ids = this.#engine.lists.notAtRest(before, BATCH + this.#restless.size);
    return this.#restless.due(ids);
  }

  async #rest(jobId: string): Promise<void> {
    try {
      if (await compactOutput(this.#engine, jobId, this.#stopped.signal)) return;
    } catch (error) {
      if (!this.#stopped.signal.aborted) this.#report('could not pack output', error, jobId);
    }
    this.#restless.add(jobId);
  }

  #report(what: string, error: unknown, jobId?: string): void {
    this.#engine.log.warn(what, { error: String(error), ...(jobId ? { job: jobId } : {}) });
  }
}
