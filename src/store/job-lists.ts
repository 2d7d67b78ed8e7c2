/** Many jobs at once: lists for readers, and the lists of what still has to be done. Read only. */
import type { FinalStatus, Job, JobStatus } from '../core/job.ts';
import type { Database } from './database.ts';
import {
  conditionsOf,
  type JobFilter,
  LABEL_BEGINS,
  marks,
  NEWEST,
  statesOf,
} from './job-filter.ts';
import { jobOf, type JobRow } from './job-rows.ts';
import { type ListOrder, ORDER_BY } from './list-order.ts';
import { fold } from './search-text.ts';
import { Statements } from './statements.ts';

export interface JobPage {
  jobs: Job[];
  total: number;
}

export type StatusCounts = Record<JobStatus, number>;

export interface MatchingPage extends JobPage {
  /** Of those that fit whatever their state. */
  counts: StatusCounts;
  /** As `from` of another filter it goes on with the jobs that nobody has looked at; null at the end. */
  next: string | null;
}

export interface EndedRow {
  id: string;
  endedAt: number;
  /** Null when nobody has measured it yet. */
  diskBytes: number | null;
}

/** So many are looked at in one go: some milliseconds, however many there are. */
const LOOKED_AT = 5_000;
const MOST_CLIENTS = 50;

export class JobLists {
  readonly #sql: Statements;
  readonly #lookedAt: number;

  constructor(database: Database, lookedAt = LOOKED_AT) {
    this.#sql = new Statements(database);
    this.#lookedAt = lookedAt;
  }

  /** Newest first. `preparing` counts as running, as it does on the wire. */
  list(status: JobStatus | null, limit: number, offset: number): JobPage {
    const states = statesOf(status);
    const where = states.length > 0 ? `WHERE state IN (${marks(states)})` : '';
    const rows = this.#sql.all(
      `SELECT * FROM jobs ${where} ORDER BY id DESC LIMIT ? OFFSET ?`,
      ...states,
      limit,
      offset,
    );
    return { jobs: rows.map(jobOf), total: this.count(status) };
  }

  /** Those that run, those that wait, then the rest, each newest first. */
  activeFirst(limit: number, offset: number): JobPage {
    const [running, pending, total] = [
      this.count('running'),
      this.count('pending'),
      this.count(null),
    ];
    const groups: [condition: string, jobs: number][] = [
      [`state IN ('running', 'preparing')`, running],
      [`state = 'pending'`, pending],
      [`+state IN ('completed', 'failed', 'cancelled')`, total - running - pending],
    ];
    const jobs: Job[] = [];
    let skip = offset;
    for (const [condition, size] of groups) {
      const sql = `SELECT * FROM jobs WHERE ${condition} ORDER BY id DESC LIMIT ? OFFSET ?`;
      const left = limit - jobs.length;
      if (skip < size && left > 0) jobs.push(...this.#sql.all(sql, left, skip).map(jobOf));
      skip = Math.max(0, skip - size);
    }
    return { jobs, total };
  }

  /** Of those that fit among the newest jobs (of the client, if one is named). */
  matching(filter: JobFilter, order: ListOrder, limit: number, offset: number): MatchingPage {
    const next = this.#firstNotLookedAt(filter);
    const { where, values } = conditionsOf(filter, next ?? '');
    const ids = this.#ids(
      `SELECT job_search.id FROM job_search JOIN jobs ON jobs.id = job_search.id
       WHERE ${where} ORDER BY ${ORDER_BY[order]} LIMIT ? OFFSET ?`,
      ...values,
      limit,
      offset,
    );
    const counts = this.#countMatching({ ...filter, status: null }, next ?? '');
    const total = filter.status === null ? sumOf(counts) : counts[filter.status];
    return { jobs: this.#jobsOf(ids), total, counts, next };
  }

  #jobsOf(ids: readonly string[]): Job[] {
    const rows = ids.map((id) => this.#sql.get('SELECT * FROM jobs WHERE id = ?', id));
    return rows.filter((row) => row !== undefined).map(jobOf);
  }

  #countMatching(filter: JobFilter, after: string): StatusCounts {
    const { where, values } = conditionsOf(filter, after);
    const rows = this.#sql.all(
      `SELECT state, count(*) AS n FROM job_search WHERE ${where} GROUP BY state`,
      ...values,
    );
    const of = (...states: string[]): number =>
      rows.reduce((sum, { state, n }) => sum + (states.includes(String(state)) ? Number(n) : 0), 0);
    return {
      pending: of('pending'),
      running: of('running', 'preparing'),
      completed: of('completed'),
      failed: of('failed'),
      cancelled: of('cancelled'),
    };
  }

  #firstNotLookedAt({ client, from }: JobFilter): string | null {
    const row = this.#sql.get(
      `SELECT id FROM job_search WHERE ${client === null ? '' : 'client = ? AND'} id <= ?
       ORDER BY id DESC LIMIT 1 OFFSET ?`,
      ...(client === null ? [] : [client]),
      from ?? NEWEST,
      this.#lookedAt,
    );
    return row ? String(row['id']) : null;
  }

  count(status: JobStatus | null): number {
    const states = statesOf(status);
    const where = states.length > 0 ? `WHERE state IN (${marks(states)})` : '';
    return Number(
      this.#sql.get(`SELECT coalesce(sum(jobs), 0) AS n FROM job_counts ${where}`, ...states)?.[
        'n'
      ],
    );
  }

  /** Names of the clients that have jobs, in order; steps from one to the next in the index. */
  clientNames(): string[] {
    const rows = this.#sql.all(
      `WITH RECURSIVE names (name) AS (
         SELECT min(client) FROM job_search WHERE client IS NOT NULL
         UNION ALL
         SELECT (SELECT min(client) FROM job_search WHERE client > name)
         FROM names WHERE name IS NOT NULL LIMIT ?
       )
       SELECT name FROM names WHERE name IS NOT NULL`,
      MOST_CLIENTS,
    );
    return rows.map((row) => String(row['name']));
  }

  /** Ids that start with `prefix`, newest first. */
  idsStartingWith(prefix: string, limit: number): string[] {
    return this.#ids(
      `SELECT id FROM jobs WHERE id >= ? AND id < ? ORDER BY id DESC LIMIT ?`,
      prefix,
      `${prefix}~`,
      limit,
    );
  }

  /** Ids of the jobs that have this very label, upper and lower case alike; newest first. */
  idsLabelled(label: string, limit: number): string[] {
    return this.#ids(
      `SELECT id FROM job_search WHERE ${LABEL_BEGINS} ORDER BY id DESC LIMIT ?`,
      `${fold(label)}\n`,
      limit,
    );
  }

  /** Jobs that are being prepared or run, oldest first. */
  active(): Job[] {
    return this.#sql
      .all(
        `SELECT * FROM jobs INDEXED BY jobs_active WHERE state IN ('preparing', 'running') ORDER BY id`,
      )
      .map(jobOf);
  }

  /** Whether no job waits or runs. */
  isIdle(): boolean {
    return this.count('pending') + this.count('running') === 0;
  }

  /** Who holds values without which pending jobs of theirs cannot start; from one to the next. */
  holders(): string[] {
    const rows = this.#sql.all(
      `WITH RECURSIVE holders (name) AS (
         SELECT min(submitted_by) FROM jobs INDEXED BY jobs_held
         WHERE state = 'pending' AND bound = 1
         UNION ALL
         SELECT (SELECT min(submitted_by) FROM jobs INDEXED BY jobs_held
                 WHERE state = 'pending' AND bound = 1 AND submitted_by > name)
         FROM holders WHERE name IS NOT NULL
       )
       SELECT name FROM holders WHERE name IS NOT NULL`,
    );
    return rows.map((row) => String(row['name']));
  }

  /** Pending jobs that only `submitter` could launch. */
  heldBy(submitter: string, limit: number): string[] {
    return this.#ids(
      `SELECT id FROM jobs INDEXED BY jobs_held
       WHERE state = 'pending' AND bound = 1 AND submitted_by = ? LIMIT ?`,
      submitter,
      limit,
    );
  }

  /** Ended jobs whose left-behind processes nobody has looked for yet; a few at a time. */
  unswept(): string[] {
    return this.#ids(
      `SELECT id FROM jobs INDEXED BY jobs_unswept WHERE swept = 0 AND ended_at IS NOT NULL
       ORDER BY ended_at DESC LIMIT 20`,
    );
  }

  /** Ended jobs whose size on the disk nobody has looked for yet. */
  unmeasured(limit: number): string[] {
    return this.#ids(
      `SELECT id FROM jobs INDEXED BY jobs_unmeasured WHERE measured = 0 AND ended_at IS NOT NULL
       ORDER BY ended_at LIMIT ?`,
      limit,
    );
  }

  /** Jobs that ended before `before` (Unix ms) and whose output is not at rest yet, oldest first. */
  notAtRest(before: number, limit: number): string[] {
    return this.#ids(
      `SELECT id FROM jobs WHERE ended_at <= ? AND at_rest = 0 ORDER BY ended_at LIMIT ?`,
      before,
      limit,
    );
  }

  /** Disk space of all jobs that were measured, bytes. */
  diskUse(): number {
    return Number(this.#sql.get(`SELECT bytes FROM disk_use`)?.['bytes']);
  }

  /** The jobs that ended first, before `before` (Unix ms). */
  oldestEnded(before: number, limit: number): string[] {
    return this.#ids(
      `SELECT id FROM jobs WHERE ended_at <= ? ORDER BY ended_at LIMIT ?`,
      before,
      limit,
    );
  }

  /** Jobs that ended in this state until `before` (Unix ms), oldest first, from behind `after` on. */
  ended(state: FinalStatus, before: number, after: EndedRow | null, limit: number): EndedRow[] {
    const rows = this.#sql.all(
      `SELECT id, ended_at, measured, disk_bytes FROM jobs INDEXED BY jobs_ended_by_state
       WHERE state = ? AND ended_at <= ? AND (ended_at, id) > (?, ?)
       ORDER BY ended_at, id LIMIT ?`,
      state,
      before,
      after?.endedAt ?? -1,
      after?.id ?? '',
      limit,
    );
    return rows.map(endedRowOf);
  }

  #ids(sql: string, ...values: (string | number)[]): string[] {
    return this.#sql.all(sql, ...values).map((row) => String(row['id']));
  }
}

function endedRowOf(row: JobRow): EndedRow {
  return {
    id: String(row['id']),
    endedAt: Number(row['ended_at']),
    diskBytes: row['measured'] === 1 ? Number(row['disk_bytes']) : null,
  };
}

function sumOf(counts: StatusCounts): number {
  return Object.values(counts).reduce((sum, some) => sum + some, 0);
}
