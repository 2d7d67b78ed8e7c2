/** Jobs that something could not be done with: they stand back for a while, so that others get on. */

const FOR_MS = 10 * 60_000;

export class PutOff {
  /** Until when (Unix ms). */
  readonly #until = new Map<string, number>();

  /** How many jobs to ask for beyond those that are wanted. */
  get size(): number {
    return this.#until.size;
  }

  add(jobId: string): void {
    this.#until.set(jobId, Date.now() + FOR_MS);
  }

  /** Those whose time has come. */
  due(jobIds: readonly string[]): string[] {
    const now = Date.now();
    for (const [id, until] of this.#until) if (until <= now) this.#until.delete(id);
    return jobIds.filter((id) => !this.#until.has(id));
  }
}
