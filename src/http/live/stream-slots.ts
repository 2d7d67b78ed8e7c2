/** How many live streams there may be at once: each holds a connection and a chunk of output. */
import { RequestError } from '../wire/problem.ts';

const MAX_STREAMS = 128;

export class StreamSlots {
  #taken = 0;

  get taken(): number {
    return this.#taken;
  }

  /** Returns the way to give the place back. @throws RequestError too_many_streams */
  take(): () => void {
    if (this.#taken >= MAX_STREAMS) {
      throw new RequestError(
        'too_many_streams',
        `There are ${MAX_STREAMS} live streams already. Close one, or try again later.`,
      );
    }
    this.#taken += 1;
    let held = true;
    return () => {
      if (held) this.#taken -= 1;
      held = false;
    };
  }
}
