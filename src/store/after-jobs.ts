/**
 * Jobs that run after others. Triggers tell them of the ends they wait for (migrations.ts); here is
 * what happens when one is accepted.
 */
import type { JobRow } from './job-rows.ts';
import type { Statements } from './statements.ts';

/** A pending job that is never run, for one that was to complete before it did not. */
export interface Hopeless {
  id: string;
  /** That other one, which may be removed by now. */
  failed: string;
}

/** In the transaction that inserts the job: what ends now is either seen here or told by a trigger. */
export function waitForJobs(sql: Statements, id: string, after: readonly string[]): void {
  if (after.length === 0) return;
  const left = after.filter((earlier) => stateOf(sql, earlier) !== 'completed');
  for (const earlier of left) sql.run('INSERT INTO job_after VALUES (?, ?)', earlier, id);
  const failed = left.find((earlier) => !isAlive(stateOf(sql, earlier)));
  const change = 'UPDATE jobs SET after_left = ?, after_failed = ? WHERE id = ?';
  sql.run(change, left.length, failed ?? null, id);
}

/** The jobs that it still waits for. */
export function awaitedJobs(sql: Statements, id: string): string[] {
  const rows = sql.all('SELECT after_id FROM job_after WHERE job_id = ? ORDER BY after_id', id);
  return rows.map((row) => String(row['after_id']));
}

export function hopelessJobs(sql: Statements, limit: number): Hopeless[] {
  const rows = sql.all(
    `SELECT id, after_failed FROM jobs INDEXED BY jobs_hopeless
     WHERE state = 'pending' AND after_failed IS NOT NULL ORDER BY id LIMIT ?`,
    limit,
  );
  return rows.map((row) => ({ id: String(row['id']), failed: String(row['after_failed']) }));
}

/** Undefined: it was removed. */
function stateOf(sql: Statements, id: string): JobRow[string] | undefined {
  return sql.get('SELECT state FROM jobs WHERE id = ?', id)?.['state'];
}

function isAlive(state: JobRow[string] | undefined): boolean {
  return state === 'pending' || state === 'preparing' || state === 'running';
}
