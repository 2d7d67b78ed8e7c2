/** Who has been told of which job's end: pictures come with the first telling, not with every poll. */

import { Newest } from '../../core/newest.ts';

/** Of the oldest nothing is remembered: at worst a picture is sent twice. */
const MOST_REMEMBERED = 1_000;

export class ToldEnds {
  readonly #told = new Newest<string, true>(MOST_REMEMBERED);

  has(jobId: string, reader: string): boolean {
    return this.#told.has(keyOf(jobId, reader));
  }

  add(jobId: string, reader: string): void {
    this.#told.set(keyOf(jobId, reader), true);
  }
}

function keyOf(jobId: string, reader: string): string {
  return `${jobId}\0${reader}`;
}
