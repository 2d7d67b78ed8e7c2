/** The next value of a generator, or the news that there is none yet. */

export class NextOrIdle<T> {
  readonly #values: AsyncGenerator<T>;
  #asked = false;
  #result: IteratorResult<T> | null = null;
  #error: { thrown: unknown } | null = null;
  #wake: () => void = () => {};

  constructor(values: AsyncGenerator<T>) {
    this.#values = values;
  }

  /** `idle` after `timeoutMs`; nothing is lost then, the value comes with a later call. */
  async next(timeoutMs: number): Promise<IteratorResult<T> | 'idle'> {
    if (!this.#asked) void this.#ask();
    if (!this.#settled()) await this.#sleep(timeoutMs);
    if (!this.#settled()) return 'idle';
    const [result, error] = [this.#result, this.#error];
    this.#asked = false;
    this.#result = this.#error = null;
    if (error) throw error.thrown;
    return result as IteratorResult<T>;
  }

  #settled(): boolean {
    return this.#result !== null || this.#error !== null;
  }

  /** One question at a time: however often it was asked in vain, nothing piles up. */
  async #ask(): Promise<void> {
    this.#asked = true;
    try {
      this.#result = await this.#values.next();
    } catch (error) {
      this.#error = { thrown: error };
    }
    this.#wake();
  }

  async #sleep(milliseconds: number): Promise<void> {
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, milliseconds);
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}
