/** One thing is loaded at a time: the latest. What was begun before is given up. */

export interface LoadListener {
  begun: () => void;
  failed: (error: unknown) => void;
  done: () => void;
}

export class LatestLoad {
  readonly #listener: LoadListener;
  #loading = new AbortController();

  constructor(listener: LoadListener) {
    this.#listener = listener;
  }

  async run(load: (signal: AbortSignal) => Promise<void>): Promise<void> {
    this.#loading.abort();
    const loading = new AbortController();
    this.#loading = loading;
    this.#listener.begun();
    try {
      await load(loading.signal);
    } catch (error) {
      if (!loading.signal.aborted) this.#listener.failed(error);
    }
    if (this.#loading === loading) this.#listener.done();
  }

  giveUp(): void {
    this.#loading.abort();
  }
}
