/**
 * Whose turn it is. Fair: the submitter with the fewest active jobs goes first, then the one whose last
 * turn is longest ago, so one client's 500 jobs cannot starve another's single one, even where there is
 * one place for all.
 */
import type { Statements } from './statements.ts';

const ACTIVE = `('preparing', 'running')`;

/**
 * From one submitter to the next: however many jobs each has in the queue.
 * @returns the id of a pending job; null when there is none, or `limit` are active
 */
export function nextInTurn(sql: Statements, server: string, limit: number): string | null {
  if (activeCount(sql) >= limit) return null;
  const next = sql.get(
    `WITH RECURSIVE submitters (name) AS (
       SELECT min(submitted_by) FROM jobs INDEXED BY jobs_queued WHERE state = 'pending'
       UNION ALL
       SELECT (SELECT min(submitted_by) FROM jobs INDEXED BY jobs_queued
               WHERE state = 'pending' AND submitted_by > name)
       FROM submitters WHERE name IS NOT NULL
     ), firsts (id, name) AS (
       SELECT (SELECT min(id) FROM jobs INDEXED BY jobs_queued
               WHERE state = 'pending' AND submitted_by = name AND bound = 0), name
       FROM submitters WHERE name IS NOT NULL
       UNION ALL
       SELECT (SELECT min(id) FROM jobs INDEXED BY jobs_queued
               WHERE state = 'pending' AND submitted_by = ? AND bound = 1), ?
     )
     SELECT id FROM firsts WHERE id IS NOT NULL
     ORDER BY (SELECT count(*) FROM jobs AS busy INDEXED BY jobs_active
               WHERE busy.state IN ${ACTIVE} AND busy.submitted_by = firsts.name),
              (SELECT max(coalesce(started_at, ended_at)) FROM jobs AS earlier
               WHERE earlier.submitted_by = firsts.name), id
     LIMIT 1`,
    server, // twice: early versions of Node 22 know no ?1
    server,
  );
  return next ? String(next['id']) : null;
}

/** Sessions need no place: see `claimSession`. */
function activeCount(sql: Statements): number {
  const row = sql.get(
    `SELECT count(*) AS n FROM jobs INDEXED BY jobs_active
     WHERE state IN ${ACTIVE} AND session IS NULL`,
  );
  return Number(row?.['n']);
}
