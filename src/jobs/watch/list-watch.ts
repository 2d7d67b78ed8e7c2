/**
 * Notices that the jobs of a home have changed, whichever process did it: the database is a file
 * that all of them write.
 */
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { ChangeWatch } from '../../output/files/change-watch.ts';
import { pause } from './wait-until.ts';

export class ListWatch {
  readonly #directory: string;
  readonly #watch: ChangeWatch;
  #stamp: string;

  /** @param directory folder of the database */
  constructor(directory: string) {
    this.#directory = directory;
    this.#watch = new ChangeWatch(directory);
    this.#stamp = this.#currentStamp();
  }

  /** Resolves when something was written, `quietMs` after the last call at the earliest; or in time. */
  async next(quietMs: number, timeoutMs: number, signal?: AbortSignal): Promise<void> {
    const deadline = performance.now() + timeoutMs;
    await pause(quietMs);
    while (!signal?.aborted && performance.now() < deadline) {
      const stamp = this.#currentStamp();
      if (stamp !== this.#stamp) {
        this.#stamp = stamp;
        return;
      }
      await this.#watch.next(deadline - performance.now(), signal);
    }
  }

  close(): void {
    this.#watch.close();
  }

  #currentStamp(): string {
    const files = ['jobs.db', 'jobs.db-wal'].map((name) =>
      statSync(join(this.#directory, name), { bigint: true, throwIfNoEntry: false }),
    );
    return files.map((file) => `${file?.mtimeNs}:${file?.size}`).join();
  }
}
