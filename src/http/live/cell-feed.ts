/** What has become of the cells of a session since they were told last: begun, ended, new ones. */
import type { CellView } from '../../contract/replies/session.ts';
import type { JobService } from '../../jobs/job-service.ts';

/** Begins with the newest cell that has begun. */
export class CellFeed {
  readonly #jobs: JobService;
  readonly #id: string;
  readonly #leave: () => void;
  readonly #isSession: boolean;
  /** Status of those from the first one on, as it was told. */
  readonly #told = new Map<number, string>();
  /** All before it were told to their end. */
  #first: number;

  /** @param wake called when asking again may give another answer */
  constructor(jobs: JobService, id: string, wake: () => void) {
    this.#jobs = jobs;
    this.#id = id;
    const view = jobs.sessions.view(id);
    this.#isSession = view !== null;
    this.#first = Math.max(1, view?.cell ?? 1);
    this.#leave = view ? jobs.sessions.watch(id, wake) : () => {};
  }

  /** One cell whose status is another than the one told last; null when there is none. */
  next(): CellView | null {
    if (!this.#isSession) return null;
    for (let cell = this.#first; ; cell += 1) {
      const status = this.#jobs.sessions.statusOf(this.#id, cell);
      if (status === null) return null;
      if (this.#told.get(cell) !== status.name) {
        this.#told.set(cell, status.name);
        return this.#jobs.sessions.cell(this.#id, cell);
      }
      if (status.isDone && cell === this.#first) this.#passFirst();
    }
  }

  close(): void {
    this.#leave();
  }

  #passFirst(): void {
    this.#told.delete(this.#first);
    this.#first += 1;
  }
}
