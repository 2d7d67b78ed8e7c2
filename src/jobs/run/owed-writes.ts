/**
 * Changes of rows that could not be written, because the database was locked or the disk full: what
 * has happened has happened, so they are tried again with every tick, those of one job in order.
 */
import type { Log } from '../../os/log.ts';

export class OwedWrites {
  readonly #log: Log;
  readonly #owed = new Map<string, (() => void)[]>();

  constructor(log: Log) {
    this.#log = log;
  }

  /** At once, unless something is owed to the job already or it fails: then later. */
  write(jobId: string, change: () => void): void {
    const owed = this.#owed.get(jobId);
    if (owed) owed.push(change);
    else this.#try(jobId, [change]);
  }

  isOwed(jobId: string): boolean {
    return this.#owed.has(jobId);
  }

  /** To be called now and then. */
  retry(): void {
    const owed = [...this.#owed];
    for (const [jobId, changes] of owed) this.#try(jobId, changes);
  }

  #try(jobId: string, changes: (() => void)[]): void {
    this.#owed.delete(jobId);
    for (const [at, change] of changes.entries()) {
      try {
        change();
      } catch (error) {
        this.#owed.set(jobId, changes.slice(at));
        this.#log.warn('could not write a job, trying again', { job: jobId, error: String(error) });
        return;
      }
    }
  }
}
