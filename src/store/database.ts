/** Opens the database. The only import of node:sqlite. */
import { closeSync, lstatSync, openSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { JobError } from '../core/job-error.ts';
import { isBusy, isDamaged, isFull } from './faults.ts';
import { migrate } from './migrations.ts';
import { Reserve } from './reserve.ts';

export type { SQLInputValue, StatementSync } from 'node:sqlite';

/** So long a write holds up everything else when another process writes: rarely, and once. */
const BUSY_MS = 100;
const OPENING_BUSY_MS = 10_000;
const ASK_AGAIN_MS = 2;
const NEVER_WOKEN = new Int32Array(new SharedArrayBuffer(4));

export class Database extends DatabaseSync {
  readonly reserve: Reserve;
  #waits = true;

  constructor(path: string) {
    super(path, { timeout: OPENING_BUSY_MS });
    this.reserve = new Reserve(join(dirname(path), 'reserve'));
  }

  /** As one write among others: a full disk gets the reserve, and no lock is waited for twice. */
  write<T>(work: () => T): T {
    if (this.isTransaction) return work();
    try {
      return this.#withReserve(work);
    } catch (error) {
      if (isBusy(error)) this.#wait(false);
      throw error;
    }
  }

  /** Readers wait for no writer, only for the moment in which another process opens or closes. */
  read<T>(work: () => T): T {
    try {
      return work();
    } catch (error) {
      if (!isBusy(error)) throw error;
      this.#wait(true);
      return work();
    }
  }

  /** From now on nothing blocks the process for long. */
  serve(): void {
    this.exec(`PRAGMA busy_timeout = ${BUSY_MS}`);
  }

  #withReserve<T>(work: () => T): T {
    let result: T;
    try {
      result = work();
    } catch (error) {
      if (!isFull(error) || !this.reserve.giveUp()) throw error;
      result = work();
    }
    this.#wait(true);
    return result;
  }

  /**
   * Who waited in vain does not wait again before a write has succeeded: one lock, held for however
   * long, stops the event loop once, whatever there is to be written.
   */
  #wait(waits: boolean): void {
    if (this.#waits === waits) return;
    this.#waits = waits;
    this.exec(`PRAGMA busy_timeout = ${waits ? BUSY_MS : 0}`);
  }
}

/**
 * WAL lets readers and one writer of several processes work at once; `synchronous = NORMAL` keeps
 * every commit through a crash of the process (a power cut may lose the last ones, never corrupt).
 *
 * @throws JobError storage when the file cannot be opened or is newer than this program.
 */
export function openDatabase(path: string): Database {
  try {
    return openWithReserve(path);
  } catch (error) {
    if (error instanceof JobError) throw error;
    throw new JobError(
      'storage',
      `Cannot open the job database ${path}: ${(error as Error).message}. ${remedyFor(error)}`,
      { cause: error },
    );
  }
}

function openWithReserve(path: string): Database {
  try {
    return open(path);
  } catch (error) {
    if (!isFull(error) || !new Reserve(join(dirname(path), 'reserve')).giveUp()) throw error;
    return open(path);
  }
}

function open(path: string): Database {
  refuseOtherKinds(path);
  closeSync(openSync(path, 'a', 0o600)); // SQLite itself would make it readable to others
  const database = new Database(path);
  try {
    switchToWal(database);
    database.exec('PRAGMA synchronous = NORMAL; PRAGMA foreign_keys = ON;');
    migrate(database, path);
    database.serve();
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}

/** To open a pipe would wait for its other end, for ever. */
function refuseOtherKinds(path: string): void {
  const stat = lstatSync(path, { throwIfNoEntry: false });
  if (stat && !stat.isFile()) throw new Error('it is not a regular file');
}

function remedyFor(error: unknown): string {
  if (isDamaged(error)) {
    return (
      'The file is damaged: move it aside, with the jobs.db-wal and jobs.db-shm beside it, to begin anew ' +
      '(the output of its jobs stays in the folder jobs), or put a copy back.'
    );
  }
  if (isBusy(error))
    return 'Another program holds it locked; end that program, or try again later.';
  if (isFull(error)) return 'Free some space on its disk.';
  return 'Check that the folder is writable and on a local disk, or set PYTHON_MCP_HOME elsewhere.';
}

/** SQLite waits for every lock but this one: who meets another server in a new home asks again. */
function switchToWal(database: Database): void {
  for (const deadline = performance.now() + OPENING_BUSY_MS; ;) {
    try {
      database.exec('PRAGMA journal_mode = WAL');
      return;
    } catch (error) {
      if (!isBusy(error) || performance.now() > deadline) throw error;
      Atomics.wait(NEVER_WOKEN, 0, 0, ASK_AGAIN_MS);
    }
  }
}

/**
 * Runs `work` in one write transaction. IMMEDIATE takes the write lock at once: two servers that
 * look before they write can then never both act on what they saw. `work` must be synchronous.
 */
export function transaction<T>(database: Database, work: () => T): T {
  return database.write(() => {
    database.exec('BEGIN IMMEDIATE');
    try {
      const result = work();
      database.exec('COMMIT');
      return result;
    } catch (error) {
      // On a full disk SQLite may have done so already. What matters is the error that led here.
      if (database.isTransaction) database.exec('ROLLBACK');
      throw error;
    }
  });
}
