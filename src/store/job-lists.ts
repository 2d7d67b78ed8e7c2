/** Many jobs at once: lists for readers, and the lists of what still has to be done. Read only. */
import { firstIdAt } from '../core/job-id.ts';
import type { FinalStatus, Job, JobStatus } from '../core/job.ts';
import type { Database } from './database.ts';
import { jobOf, type JobRow } from './job-rows.ts';
import { fold } from './search-text.ts';
import { Statements } from './statements.ts';

export interface JobPage {
  jobs: Job[];
  total: number;
}

/** Which jobs to look for; null = whatever it is. */
export interface JobFilter {
  status: JobStatus | null;
  /** Text in id, label, tool or client, upper and lower case alike. */
  text: string | null;
  /** Name of the client, without its version. */
  client: string | null;
  /** How the label begins, upper and lower case alike. */
  label: string | null;
  /** Only those that were accepted at this time (Unix ms) or later. */
  since: number | null;
  /** Id of the job to begin at, going to older ones. */
  from: string | null;
}

export interface MatchingPage extends JobPage {
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
/** Greater than any id. */
const NEWEST = '~';

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

  /** As `list`, of those that fit among the newest jobs (of the client, if one is named). */
  matching(filter: JobFilter, limit: number, offset: number): MatchingPage {
    const next = this.#firstNotLookedAt(filter);
    const { where, values } = conditionsOf(filter, next ?? '');
    const fitting = `FROM job_search WHERE ${where}`;
    const total = this.#sql.get(`SELECT count(*) AS n ${fitting}`, ...values)?.['n'];
    const rows = this.#sql.all(
      `SELECT * FROM jobs WHERE id IN
         (SELECT id ${fitting} ORDER BY id DESC LIMIT ? OFFSET ?)
       ORDER BY id DESC`,
      ...values,
      limit,
      offset,
    );
    return { jobs: rows.map(jobOf), total: Number(total), next };
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

/** @param after id: only jobs newer than that one */
function conditionsOf(
  { status, text, client, label, since, from }: JobFilter,
  after: string,
): { where: string; values: string[] } {
  const states = statesOf(status);
  const conditions: [sql: string, ...values: string[]][] = [['id <= ?', from ?? NEWEST]];
  conditions.push(['id > ?', after]);
  if (since !== null) conditions.push(['id >= ?', firstIdAt(since)]);
  if (label !== null) conditions.push([LABEL_BEGINS, fold(label)]);
  if (client !== null) conditions.push(['client = ?', client]);
  if (text !== null) conditions.push(['instr(text, ?) > 0', fold(text)]);
  if (states.length > 0) conditions.push([`state IN (${marks(states)})`, ...states]);
  return {
    where: conditions.map(([sql]) => sql).join(' AND '),
    values: conditions.flatMap(([, ...values]) => values),
  };
}

/** The text of a job is its id and its label, a line each, then the rest. */
const LABEL_BEGINS = 'instr(text, id || char(10) || ?) = 1';

function marks(values: readonly unknown[]): string {
  return values.map(() => '?').join();
}

function statesOf(status: JobStatus | null): string[] {
  if (status === null) return [];
  return status === 'running' ? ['running', 'preparing'] : [status];
}
