/** Keeps the cache of environments within its limits by itself, while nothing else is going on. */
import { every, type Recurring } from '../../os/every.ts';
import type { Log } from '../../os/log.ts';
import type { EnvironmentCache } from './cached-environments.ts';

/** Longer than most command lines live, so that servers do it. */
const LOOK_EVERY_MS = 5 * 60_000;

export class EnvironmentUpkeep {
  readonly #cache: EnvironmentCache;
  readonly #isIdle: () => boolean;
  readonly #log: Log;
  readonly #everyMs: number;
  #looking: Recurring | null = null;

  /** @param isIdle whether no job of the home is alive. */
  constructor(
    cache: EnvironmentCache,
    isIdle: () => boolean,
    log: Log,
    everyMs: number = LOOK_EVERY_MS,
  ) {
    this.#cache = cache;
    this.#isIdle = isIdle;
    this.#log = log;
    this.#everyMs = everyMs;
  }

  start(): void {
    this.#looking = every(this.#everyMs, 'pruning environments', () => this.#look(), this.#log);
  }

  stop(): void {
    this.#looking?.stop();
  }

  async #look(): Promise<void> {
    const pruned = this.#isIdle() ? await this.#cache.pruneIfDue() : null;
    if (pruned && pruned.removed.length > 0) {
      this.#log.info('removed old environments', { ...pruned });
    }
  }
}
