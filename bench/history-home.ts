/** Homes with a long history or a long queue: one job was run, the others are copies of its row. */
import { join } from 'node:path';
import { newJobId } from '../src/core/job-id.ts';
import { formatIdentity, ownIdentity } from '../src/os/process-identity.ts';
import { type Database, openDatabase, transaction } from '../src/store/database.ts';
import { newHome, type Run, SCRIPTS } from './run.ts';
import { startServer } from './server.ts';

/** Nothing is removed from such a home by itself. */
export const KEEP_ALL = {
  PYTHON_MCP_KEEP_JOBS_MAX: '0',
  PYTHON_MCP_KEEP_JOBS_DAYS: '0',
  PYTHON_MCP_KEEP_JOBS_BYTES: '0',
};

const homes = new Map<string, Promise<string>>();

/** Made once in a run of the benchmarks. */
export function homeWithHistory(run: Run, jobs: number): Promise<string> {
  const key = `${run.folder} ${jobs}`;
  const home = homes.get(key) ?? newHomeWithHistory(run, jobs);
  homes.set(key, home);
  return home;
}

export async function newHomeWithHistory(run: Run, jobs: number): Promise<string> {
  const home = newHome(run);
  const server = await startServer(home, KEEP_ALL);
  await server.call('py_run_script_in_dir', { directory: SCRIPTS, script_path: 'nothing.py' });
  await server.stop();
  change(home, (database) => {
    database.exec('UPDATE jobs SET swept = 1, at_rest = 1, measured = 1, disk_bytes = 8192');
    copyRows(database, jobs - 1);
  });
  return home;
}

/** Jobs that wait for their submitter, which lives: it is this process. */
export function addQueue(home: string, jobs: number): void {
  change(home, (database) => {
    copyRows(database, jobs);
    database
      .prepare(
        `UPDATE jobs SET state = 'pending', bound = 1, submitted_by = ?, ended_at = NULL, started_at = NULL, launch = NULL,
           outcome = NULL, exit_code = NULL, swept = 0, at_rest = 0, measured = 0
         WHERE id IN (SELECT id FROM jobs ORDER BY id LIMIT ?)`,
      )
      .run(formatIdentity(ownIdentity()), jobs);
  });
}

function copyRows(database: Database, count: number): void {
  const columns = columnsOf(database, 'jobs').filter((name) => !/^(id|\w+_at)$/.test(name));
  const real = database.prepare('SELECT id, created_at FROM jobs ORDER BY id DESC LIMIT 1').get();
  const copy = database.prepare(
    `INSERT INTO jobs (id, created_at, started_at, ended_at, ${columns.join()})
     SELECT ?1, ?2, started_at - created_at + ?2, ended_at - created_at + ?2, ${columns.join()}
     FROM jobs WHERE id = ?3`,
  );
  const search = database.prepare(
    `INSERT INTO job_search (id, state, client, text)
     SELECT ?1, state, client, text FROM job_search WHERE id = ?2`,
  );
  const [original, newest] = [String(real?.['id']), Number(real?.['created_at'])];
  for (let number = 1; number <= count; number += 1) {
    const createdAt = newest - number * 500;
    const id = newJobId(createdAt);
    copy.run(id, createdAt, original);
    search.run(id, original);
  }
}

function columnsOf(database: Database, table: string): string[] {
  return database
    .prepare(`SELECT name FROM pragma_table_info(?)`)
    .all(table)
    .map(({ name }) => String(name));
}

function change(home: string, work: (database: Database) => void): void {
  const database = openDatabase(join(home, 'meta', 'jobs.db'));
  try {
    transaction(database, () => work(database));
    database.exec('PRAGMA wal_checkpoint(TRUNCATE)');
  } finally {
    database.close();
  }
}
