/**
 * How far each reader of a job has read. A position is stored only after the reply that carried the
 * output has left: a server killed in between delivers that part again rather than never.
 */
import { decodeCursor, encodeCursor, START, type Cursor } from '../../core/cursor.ts';
import type { JobStore } from '../../store/job-store.ts';

export class ReaderPositions {
  readonly #store: JobStore;
  /** Positions whose reply is on its way: the next call of the same reader goes on from there. */
  readonly #leaving = new Map<string, Cursor>();

  constructor(store: JobStore) {
    this.#store = store;
  }

  get(jobId: string, reader: string): Cursor {
    const leaving = this.#leaving.get(keyOf(jobId, reader));
    if (leaving) return leaving;
    const stored = this.#store.readerCursor(jobId, reader);
    return stored === null ? START : decodeCursor(stored);
  }

  /** Moves the position now for this process, and durably once the reply has been written. */
  advance(jobId: string, reader: string, to: Cursor): void {
    const key = keyOf(jobId, reader);
    this.#leaving.set(key, to);
    // Replies are written in the same turn of the event loop as the handler's promise resolves;
    // on POSIX systems writes to a pipe are synchronous. The check phase comes after both.
    setImmediate(() => this.#settle(key, jobId, reader, to));
  }

  /** Stores everything that is still on its way; for an orderly shutdown. */
  settleAll(): void {
    for (const [key, cursor] of this.#leaving) {
      const [jobId = '', reader = ''] = key.split('\0');
      this.#settle(key, jobId, reader, cursor);
    }
  }

  #settle(key: string, jobId: string, reader: string, to: Cursor): void {
    if (this.#leaving.get(key) !== to) return;
    this.#leaving.delete(key);
    this.#store.setReaderCursor(jobId, reader, encodeCursor(to));
  }
}

function keyOf(jobId: string, reader: string): string {
  return `${jobId}\0${reader}`;
}
