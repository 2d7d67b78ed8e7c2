/** Keeps a look at something that may change all the time at a pace: at once, then after a pause. */
import { type Faults, later, type Recurring } from '../../os/every.ts';

/** A flood is taken in gulps. */
const PAUSE_MS = 10;

export class Throttle {
  readonly #look: () => void;
  readonly #fail: (error: unknown) => void;
  readonly #pauseMs: number;
  readonly #pause: Recurring;
  /** A look was taken, and the pause after it is not over. */
  #isResting = false;
  #isDue = false;
  #isStopped = false;

  /** @param fail is called with what `look` throws; what it throws itself is for the log. */
  constructor(look: () => void, fail: (error: unknown) => void, log: Faults, pauseMs = PAUSE_MS) {
    this.#look = look;
    this.#fail = fail;
    this.#pauseMs = pauseMs;
    this.#pause = later('a look', this.#goOn, log, { keepsAlive: true });
  }

  /** Looks now, or as soon as the pause after the last look is over. */
  due(): void {
    this.#isDue = true;
    if (!this.#isResting) this.#lookNow();
  }

  /** Looks at once, for what cannot wait. */
  now(): void {
    this.#lookNow();
  }

  stop(): void {
    this.#isStopped = true;
  }

  #lookNow(): void {
    if (this.#isStopped) return;
    this.#isResting = true; // before the look: what it finds may tell us that another is due
    this.#isDue = false;
    try {
      this.#look();
    } catch (error) {
      this.#fail(error);
    }
    this.#pause.within(this.#pauseMs);
  }

  readonly #goOn = (): void => {
    this.#isResting = false;
    if (this.#isDue) this.#lookNow();
  };
}
