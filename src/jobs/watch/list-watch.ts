/**
 * Notices that the jobs of a home have changed, whichever process did it: the database is a file
 * that all of them write.
 */
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { FolderWatch } from '../../os/folder-watch.ts';
import { Alarm } from './alarm.ts';
import { POLL_MS } from './job-watcher.ts';

export class ListWatch {
  readonly #directory: string;
  readonly #alarm = new Alarm();
  readonly #folder: FolderWatch;
  #stamp: string;

  /** @param directory folder of the database */
  constructor(directory: string) {
    this.#directory = directory;
    this.#folder = new FolderWatch(directory, this.#alarm.ring);
    this.#stamp = this.#currentStamp();
  }

  /** Resolves when something was written, `quietMs` after the last call at the earliest; or in time. */
  async next(quietMs: number, timeoutMs: number, signal?: AbortSignal): Promise<void> {
    const deadline = performance.now() + timeoutMs;
    await new Alarm().sleep(quietMs, signal);
    while (!signal?.aborted && performance.now() < deadline) {
      const stamp = this.#currentStamp();
      if (stamp !== this.#stamp) {
        this.#stamp = stamp;
        return;
      }
      await this.#alarm.sleep(Math.min(POLL_MS, deadline - performance.now()), signal);
    }
  }

  close(): void {
    this.#folder.close();
  }

  #currentStamp(): string {
    const files = ['jobs.db', 'jobs.db-wal'].map((name) =>
      statSync(join(this.#directory, name), { bigint: true, throwIfNoEntry: false }),
    );
    return files.map((file) => `${file?.mtimeNs}:${file?.size}`).join();
  }
}
