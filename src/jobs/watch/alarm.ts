/** A sleep that others can end. Rung before it began, it does not begin. */
import { setTimeout as sleep } from 'node:timers/promises';

/** Longer ones, timers do not take. */
const LONGEST_MS = 2 ** 31 - 1;

export class Alarm {
  #isRung = false;
  #wake: (() => void) | null = null;

  readonly ring = (): void => {
    this.#isRung = true;
    this.#wake?.();
  };

  /** Resolves when it is rung since the last call, after `timeoutMs`, or when aborted. */
  async sleep(timeoutMs: number, signal?: AbortSignal): Promise<void> {
    if (!this.#isRung && !signal?.aborted && timeoutMs > 0) await this.#rest(timeoutMs, signal);
    this.#isRung = false;
  }

  async #rest(timeoutMs: number, signal?: AbortSignal): Promise<void> {
    const rung = new AbortController();
    const wake = (): void => rung.abort();
    this.#wake = wake;
    signal?.addEventListener('abort', wake, { once: true });
    await sleep(Math.min(timeoutMs, LONGEST_MS), null, { signal: rung.signal }).catch(() => {});
    signal?.removeEventListener('abort', wake);
    this.#wake = null;
  }
}
