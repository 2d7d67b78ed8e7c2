/** Who has been told of which job's end: pictures come with the first telling, not with every poll. */

/** Of the oldest nothing is remembered: at worst a picture is sent twice. */
const MOST_REMEMBERED = 1_000;

export class ToldEnds {
  readonly #told = new Set<string>();

  has(jobId: string, reader: string): boolean {
    return this.#told.has(keyOf(jobId, reader));
  }

  add(jobId: string, reader: string): void {
    this.#told.add(keyOf(jobId, reader));
    if (this.#told.size <= MOST_REMEMBERED) return;
    const [oldest = ''] = this.#told;
    this.#told.delete(oldest);
  }
}

function keyOf(jobId: string, reader: string): string {
  return `${jobId}\0${reader}`;
}
