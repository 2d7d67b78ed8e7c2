/**
 * How far each reader of a job has read. A position moves when the reply that carried the output has
 * been delivered: a call that was cancelled, or whose client has gone, moves nothing. It never moves
 * back, whichever server has it moved.
 */
import { decodeCursor, encodeCursor, START, type Cursor } from '../../core/cursor.ts';
import type { JobStore } from '../../store/job-store.ts';
import type { Log } from '../../os/log.ts';
import { isContinued } from './session-reader.ts';

export class ReaderPositions {
  readonly #store: JobStore;
  readonly #log: Log;
  /** Delivered, and still to be stored: the database was not to be had. */
  readonly #unsaved = new Map<string, Cursor>();
  /** The last call of each reader, until its reply is delivered or dropped. */
  readonly #turns = new Map<string, Promise<unknown>>();

  constructor(store: JobStore, log: Log) {
    this.#store = store;
    this.#log = log;
  }

  get(jobId: string, reader: string): Cursor {
    const stored = this.#store.readerCursor(jobId, reader);
    const position = stored === null ? this.#earlier(jobId, reader) : decodeCursor(stored);
    const unsaved = this.#unsaved.get(keyOf(jobId, reader));
    return unsaved ? furthest(position, unsaved) : position;
  }

  /** Where earlier sessions of the same client were. */
  #earlier(jobId: string, reader: string): Cursor {
    return this.#store
      .readers(jobId)
      .filter((earlier) => isContinued(earlier.reader, reader))
      .reduce((to, { cursor }) => furthest(to, decodeCursor(cursor)), START);
  }

  /**
   * Calls of one reader take turns, for each goes on where the reply before it ended. Resolves when
   * earlier ones have been delivered or dropped; `done` resolves when this one has.
   */
  async takeTurn(jobId: string, reader: string, done: Promise<unknown>): Promise<void> {
    const key = keyOf(jobId, reader);
    const before = this.#turns.get(key);
    const turn = Promise.all([before, done]);
    this.#turns.set(key, turn);
    void turn.then(() => this.#turns.get(key) === turn && this.#turns.delete(key));
    await before;
  }

  /** To be called when the reply has been delivered. Never throws. */
  advance(jobId: string, reader: string, to: Cursor): void {
    this.#unsaved.set(keyOf(jobId, reader), to);
    this.saveAll();
  }

  /** What cannot be stored now is tried again with the next one. */
  saveAll(): void {
    try {
      for (const [key, to] of this.#unsaved) {
        this.#save(key, to);
        this.#unsaved.delete(key);
      }
    } catch (error) {
      this.#log.info('a read position is not stored yet', { error: String(error) });
    }
  }

  #save(key: string, to: Cursor): void {
    const [jobId = '', reader = ''] = key.split('\0');
    this.#store.moveReader(jobId, reader, (from) =>
      encodeCursor(from === null ? to : furthest(decodeCursor(from), to)),
    );
  }
}

export function furthest(a: Cursor, b: Cursor): Cursor {
  return { stdout: Math.max(a.stdout, b.stdout), stderr: Math.max(a.stderr, b.stderr) };
}

function keyOf(jobId: string, reader: string): string {
  return `${jobId}\0${reader}`;
}
