/**
 * Whose turn it is. Fair: the submitter with the fewest active jobs goes first, then the one whose last
 * turn is longest ago, so one client's 500 jobs cannot starve another's single one, even where there is
 * one place, or one lock, for all. What the first in turn still lacks is kept for it: jobs that need
 * less do not pass it by for ever.
 */
import { type Capacities, Holdings } from './holdings.ts';
import type { JobRow } from './job-rows.ts';
import { readNeeds } from './needs.ts';
import type { Statements } from './statements.ts';

const ACTIVE = `('preparing', 'running')`;
/** Of jobs that need different things, as many are looked at. */
const MOST_HEADS = 500;

/** Who asks, and what there is. */
export interface Claimant {
  server: string;
  capacities: Capacities;
  /** Nothing is kept for jobs that only a process could launch which is gone, or cannot be seen. */
  lives: (submitter: string) => boolean;
}

export interface NextJob {
  id: string;
  /** The GPUs that it gets. */
  devices: string[];
}

/** @returns null when no job may start now, or as many as may are active */
export function nextInTurn(sql: Statements, claimant: Claimant): NextJob | null {
  const { server, capacities, lives } = claimant;
  if (activeCount(sql) >= capacities.places) return null;
  let holdings: Holdings | null = null;
  for (const head of heads(sql)) {
    const [id, submitter] = [String(head['id']), String(head['name'])];
    const isOurs = head['bound'] === 0 || submitter === server;
    if (head['needs'] === '' && isOurs) return { id, devices: [] };
    if (head['needs'] === '') continue;
    const needs = readNeeds(String(head['needs']));
    holdings ??= new Holdings(sql, capacities);
    const devices = isOurs ? holdings.fitting(needs) : null;
    if (devices !== null) return { id, devices };
    if (isOurs || lives(submitter)) holdings.keep(needs, id);
  }
  return null;
}

const QUEUED = `SELECT id FROM jobs INDEXED BY jobs_queued WHERE state = 'pending' AND after_left = 0`;

/**
 * Of each submitter the first job for each thing that is needed, in turn; from one to the next, however
 * many stand behind it.
 */
function heads(sql: Statements): JobRow[] {
  return sql.all(
    `WITH RECURSIVE heads (id, name, bound, needs) AS (
       SELECT * FROM (
         SELECT id, submitted_by, bound, needs FROM jobs INDEXED BY jobs_queued
         WHERE state = 'pending' AND after_left = 0
         ORDER BY submitted_by, bound, needs, id LIMIT 1
       )
       UNION ALL
       SELECT next.id, next.submitted_by, next.bound, next.needs
       FROM heads JOIN jobs AS next ON next.id = coalesce(
         (${QUEUED} AND submitted_by = name AND jobs.bound = heads.bound AND jobs.needs > heads.needs
          ORDER BY needs, id LIMIT 1),
         (${QUEUED} AND submitted_by = name AND jobs.bound > heads.bound
          ORDER BY bound, needs, id LIMIT 1),
         (${QUEUED} AND submitted_by > name ORDER BY submitted_by, bound, needs, id LIMIT 1)
       )
       LIMIT ${MOST_HEADS}
     )
     SELECT * FROM heads
     ORDER BY (SELECT count(*) FROM jobs AS busy INDEXED BY jobs_active
               WHERE busy.state IN ${ACTIVE} AND busy.submitted_by = heads.name),
              (SELECT max(coalesce(started_at, ended_at)) FROM jobs AS earlier
               WHERE earlier.submitted_by = heads.name), id`,
  );
}

/** Sessions need no place: see `claimSession`. */
function activeCount(sql: Statements): number {
  const row = sql.get(
    `SELECT count(*) AS n FROM jobs INDEXED BY jobs_active
     WHERE state IN ${ACTIVE} AND session IS NULL`,
  );
  return Number(row?.['n']);
}
