/** Opens the database. The only import of node:sqlite. */
import { closeSync, openSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { JobError } from '../core/job-error.ts';
import { migrate } from './migrations.ts';

export type Database = DatabaseSync;
export type { SQLInputValue, StatementSync } from 'node:sqlite';

const PATIENCE_MS = 10_000;
const ASK_AGAIN_MS = 2;
const SQLITE_BUSY = 5;
const NEVER_WOKEN = new Int32Array(new SharedArrayBuffer(4));

/**
 * WAL lets readers and one writer of several processes work at once; `synchronous = NORMAL` keeps
 * every commit through a crash of the process (a power cut may lose the last ones, never corrupt).
 * Writers wait for each other up to ten seconds: transactions here take well under a millisecond.
 *
 * @throws JobError storage when the file cannot be opened or is newer than this program.
 */
export function openDatabase(path: string): Database {
  try {
    closeSync(openSync(path, 'a', 0o600)); // SQLite itself would make it readable to others
    const database = new DatabaseSync(path, { timeout: PATIENCE_MS });
    switchToWal(database);
    database.exec('PRAGMA synchronous = NORMAL; PRAGMA foreign_keys = ON;');
    migrate(database, path);
    return database;
  } catch (error) {
    if (error instanceof JobError) throw error;
    throw new JobError(
      'storage',
      `Cannot open the job database ${path}: ${(error as Error).message}. ` +
        'Check that the folder is writable and on a local disk, or set PYTHON_MCP_HOME elsewhere.',
      { cause: error },
    );
  }
}

/** SQLite waits for every lock but this one: who meets another server in a new home asks again. */
function switchToWal(database: Database): void {
  for (const deadline = performance.now() + PATIENCE_MS; ;) {
    try {
      database.exec('PRAGMA journal_mode = WAL');
      return;
    } catch (error) {
      const isBusy = (error as { errcode?: number }).errcode === SQLITE_BUSY;
      if (!isBusy || performance.now() > deadline) throw error;
      Atomics.wait(NEVER_WOKEN, 0, 0, ASK_AGAIN_MS);
    }
  }
}

/**
 * Runs `work` in one write transaction. IMMEDIATE takes the write lock at once: two servers that
 * look before they write can then never both act on what they saw. `work` must be synchronous.
 */
export function transaction<T>(database: Database, work: () => T): T {
  database.exec('BEGIN IMMEDIATE');
  try {
    const result = work();
    database.exec('COMMIT');
    return result;
  } catch (error) {
    database.exec('ROLLBACK');
    throw error;
  }
}
