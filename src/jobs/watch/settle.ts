/** Waits until what comes together has come: output is quiet for a moment, or goes on for too long. */
import type { Tails } from './job-watcher.ts';
import type { Verdict } from './wait-until.ts';

export class Settle {
  readonly #quietMs: number;
  readonly #mostMs: number;
  #begun = 0;
  #grown = 0;
  #end = -1;

  /** @param mostMs longer than this nobody waits for output that goes on */
  constructor(quietMs: number, mostMs: number) {
    this.#quietMs = quietMs;
    this.#mostMs = mostMs;
  }

  /** True when it has been quiet long enough since the first call, or the last `again`. */
  isOver({ stdout, stderr }: Tails): Verdict {
    const now = performance.now();
    const end = stdout.end + stderr.end;
    if (this.#end < 0) this.#begun = now;
    if (this.#end !== end) [this.#end, this.#grown] = [end, now];
    const left = Math.min(this.#grown + this.#quietMs - now, this.#begun + this.#mostMs - now);
    return left <= 0 || left;
  }

  /** It has not begun: what seemed to have come has not. */
  again(): void {
    this.#end = -1;
  }
}
