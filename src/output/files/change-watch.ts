/**
 * Wakes a waiting reader when something in a job's folder changes. A hint, no more: a missed event
 * costs one poll interval, never data.
 */
import { FolderWatch } from '../../os/folder-watch.ts';

/** Safety net where file events are missing (network file systems, no watches left). */
export const POLL_MS = 250;

export class ChangeWatch {
  readonly #folder: FolderWatch;
  #changed = false;
  #wake: (() => void) | null = null;

  constructor(directory: string) {
    this.#folder = new FolderWatch(directory, () => this.#signal());
  }

  /** Resolves on the next change since the last call, after `timeoutMs`, or when aborted. */
  async next(timeoutMs: number, signal?: AbortSignal): Promise<void> {
    if (!this.#changed && !signal?.aborted) await this.#sleep(timeoutMs, signal);
    this.#changed = false;
  }

  /** Ends the wait from outside, for changes that no file shows. */
  wake(): void {
    this.#signal();
  }

  close(): void {
    this.#folder.close();
  }

  #signal(): void {
    this.#changed = true;
    this.#wake?.();
  }

  async #sleep(timeoutMs: number, signal?: AbortSignal): Promise<void> {
    await new Promise<void>((resolve) => {
      const timer = setTimeout(done, Math.min(timeoutMs, POLL_MS));
      signal?.addEventListener('abort', done, { once: true });
      this.#wake = done;
      function done(): void {
        clearTimeout(timer);
        signal?.removeEventListener('abort', done);
        resolve();
      }
    });
    this.#wake = null;
  }
}
