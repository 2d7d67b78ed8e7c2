/** Long work in turns of the event loop: others wait some milliseconds, whatever the work. */
import { setImmediate as nextTurn } from 'node:timers/promises';

const TURN_MS = 10;

export class Turns {
  #endsAt = performance.now() + TURN_MS;

  /** To be called after each small step: lets others through when this turn was long enough. */
  async pause(): Promise<void> {
    if (!this.isOver()) return;
    await nextTurn();
    this.#endsAt = performance.now() + TURN_MS;
  }

  isOver(): boolean {
    return performance.now() >= this.#endsAt;
  }
}
