/**
 * Jobs in SQLite. Every change of state is one guarded statement: whoever comes second changes
 * nothing and is told so. That is all the coordination several servers on one home need.
 */
import type { EndedState, Ending, Job, JobRequest, JobStatus, Launch } from '../core/job.ts';
import { type Database, type SQLInputValue, type StatementSync, transaction } from './database.ts';
import { jobOf, type JobRow } from './job-rows.ts';

export interface NewJob {
  id: string;
  request: JobRequest;
  submittedBy: string;
  /** Only the submitter can launch it: it holds values that are never stored. */
  bound: boolean;
  createdAt: number;
}

export interface JobPage {
  jobs: Job[];
  total: number;
}

const ALIVE = `('pending', 'preparing', 'running')`;
const ACTIVE = `('preparing', 'running')`;

export class JobStore {
  readonly #database: Database;
  readonly #statements = new Map<string, StatementSync>();

  constructor(database: Database) {
    this.#database = database;
  }

  insert(job: NewJob): void {
    this.#run(
      `INSERT INTO jobs (id, state, submitted_by, bound, request, created_at)
       VALUES (?, 'pending', ?, ?, ?, ?)`,
      job.id,
      job.submittedBy,
      job.bound ? 1 : 0,
      JSON.stringify(job.request),
      job.createdAt,
    );
  }

  find(id: string): Job | null {
    const row = this.#get('SELECT * FROM jobs WHERE id = ?', id);
    return row ? jobOf(row) : null;
  }

  /** Newest first. `preparing` counts as running, as it does on the wire. */
  list(status: JobStatus | null, limit: number, offset: number): JobPage {
    const states = statesOf(status);
    const where = states.length > 0 ? `WHERE state IN (${states.map(() => '?').join()})` : '';
    const rows = this.#all(
      `SELECT * FROM jobs ${where} ORDER BY id DESC LIMIT ? OFFSET ?`,
      ...states,
      limit,
      offset,
    );
    return { jobs: rows.map(jobOf), total: this.count(status) };
  }

  /** As `list`, of the jobs whose id, label or tool contains a text. Looks at every job. */
  listMatching(text: string, status: JobStatus | null, limit: number, offset: number): JobPage {
    const states = statesOf(status);
    const among = states.length > 0 ? `state IN (${states.map(() => '?').join()}) AND` : '';
    const where = `WHERE ${among} instr(lower(id || char(10) || (request ->> '$.label')
      || char(10) || (request ->> '$.tool')), lower(?)) > 0`;
    const total = this.#get(`SELECT count(*) AS n FROM jobs ${where}`, ...states, text)?.['n'];
    const rows = this.#all(
      `SELECT * FROM jobs ${where} ORDER BY id DESC LIMIT ? OFFSET ?`,
      ...states,
      text,
      limit,
      offset,
    );
    return { jobs: rows.map(jobOf), total: Number(total) };
  }

  count(status: JobStatus | null): number {
    const states = statesOf(status);
    const where = states.length > 0 ? `WHERE state IN (${states.map(() => '?').join()})` : '';
    return Number(
      this.#get(`SELECT coalesce(sum(jobs), 0) AS n FROM job_counts ${where}`, ...states)?.['n'],
    );
  }

  /** Ids that start with `prefix`, newest first. */
  idsStartingWith(prefix: string, limit: number): string[] {
    const rows = this.#all(
      `SELECT id FROM jobs WHERE id >= ? AND id < ? ORDER BY id DESC LIMIT ?`,
      prefix,
      `${prefix}~`,
      limit,
    );
    return rows.map((row) => String(row['id']));
  }

  /** Jobs somebody should look after: pending, preparing and running ones, oldest first. */
  alive(): Job[] {
    return this.#all(`SELECT * FROM jobs WHERE state IN ${ALIVE} ORDER BY id`).map(jobOf);
  }

  /**
   * Claims the next pending job if fewer than `limit` are active. Fair: the submitter with the
   * fewest active jobs goes first, then the oldest job, so one client's 500 jobs cannot starve
   * another's single one.
   */
  claimNext(server: string, limit: number): Job | null {
    return transaction(this.#database, () => {
      if (this.#activeCount() >= limit) return null;
      const next = this.#get(
        `SELECT id FROM jobs AS candidate
         WHERE state = 'pending' AND (bound = 0 OR submitted_by = ?)
         ORDER BY (SELECT count(*) FROM jobs AS busy WHERE busy.state IN ${ACTIVE}
                   AND busy.submitted_by = candidate.submitted_by), id
         LIMIT 1`,
        server,
      );
      return next ? this.#claim(String(next['id']), server) : null;
    });
  }

  #activeCount(): number {
    return Number(this.#get(`SELECT count(*) AS n FROM jobs WHERE state IN ${ACTIVE}`)?.['n']);
  }

  #claim(id: string, server: string): Job | null {
    this.#run(`UPDATE jobs SET state = 'preparing', claimed_by = ? WHERE id = ?`, server, id);
    return this.find(id);
  }

  /** Takes a claimed job over from a server that is gone; false if somebody else was faster. */
  takeOver(id: string, from: string, to: string): boolean {
    return this.#changes(
      `UPDATE jobs SET claimed_by = ? WHERE id = ? AND state = 'preparing' AND claimed_by = ?`,
      to,
      id,
      from,
    );
  }

  markRunning(id: string, startedAt: number, launch: Launch): boolean {
    return this.#changes(
      `UPDATE jobs SET state = 'running', started_at = ?, launch = ?
       WHERE id = ? AND state = 'preparing'`,
      startedAt,
      JSON.stringify(launch),
      id,
    );
  }

  /** From now on status replies carry partial output: the run was moved to the background. */
  markStreaming(id: string): void {
    this.#run(
      `UPDATE jobs SET request = json_set(request, '$.streaming', json('true')) WHERE id = ?`,
      id,
    );
  }

  /** Records the decision to end a job, and whose it was; the first decision stands. */
  markEnding(id: string, ending: Ending, by: string): boolean {
    return this.#changes(
      `UPDATE jobs SET ending = ?, ending_by = ?
       WHERE id = ? AND ending IS NULL AND state IN ${ALIVE}`,
      ending,
      by,
      id,
    );
  }

  /** As `markEnding`, for a job that nobody has claimed yet: from now on nobody can. */
  endPending(id: string, ending: Ending, by: string): boolean {
    return this.#changes(
      `UPDATE jobs SET ending = ?, ending_by = ?, state = 'preparing', claimed_by = ?
       WHERE id = ? AND state = 'pending'`,
      ending,
      by,
      by,
      id,
    );
  }

  /** The one way into a final state; false when the job was final already. */
  finish(id: string, end: EndedState): boolean {
    return this.#changes(
      `UPDATE jobs SET state = ?, started_at = ?, launch = ?, ended_at = ?, outcome = ?,
         exit_code = ?, usage = ?
       WHERE id = ? AND state IN ${ALIVE}`,
      end.name,
      end.startedAt,
      end.launch && JSON.stringify(end.launch),
      end.endedAt,
      JSON.stringify(end.outcome),
      end.exitCode,
      end.usage && JSON.stringify(end.usage),
      id,
    );
  }

  /** Ended jobs whose left-behind processes nobody has looked for yet; a few at a time. */
  unswept(): string[] {
    return this.#all(
      `SELECT id FROM jobs WHERE swept = 0 AND state IN ('completed', 'failed', 'cancelled')
       ORDER BY id DESC LIMIT 20`,
    ).map((row) => String(row['id']));
  }

  markSwept(id: string): void {
    this.#run(`UPDATE jobs SET swept = 1 WHERE id = ?`, id);
  }

  /** Jobs that ended before `before` (Unix ms) and whose output is not at rest yet, oldest first. */
  notAtRest(before: number, limit: number): string[] {
    return this.#all(
      `SELECT id FROM jobs WHERE ended_at <= ? AND at_rest = 0 ORDER BY ended_at LIMIT ?`,
      before,
      limit,
    ).map((row) => String(row['id']));
  }

  /** Nothing will change about the job's files any more, which take `diskBytes`. */
  markAtRest(id: string, diskBytes: number): void {
    this.#run(`UPDATE jobs SET at_rest = 1, disk_bytes = ? WHERE id = ?`, diskBytes, id);
  }

  /** Disk space of all jobs at rest together, bytes. */
  diskUse(): number {
    return Number(this.#get(`SELECT bytes FROM disk_use`)?.['bytes']);
  }

  /** The jobs that ended first, before `before` (Unix ms). */
  oldestEnded(before: number, limit: number): { id: string; diskBytes: number }[] {
    return this.#all(
      `SELECT id, disk_bytes FROM jobs WHERE ended_at <= ? ORDER BY ended_at LIMIT ?`,
      before,
      limit,
    ).map((row) => ({ id: String(row['id']), diskBytes: Number(row['disk_bytes']) }));
  }

  /** Ended jobs older than `before` (Unix ms) in one of the states, oldest first. */
  prunable(states: string[], before: number): string[] {
    if (states.length === 0) return [];
    return this.#all(
      `SELECT id FROM jobs WHERE state IN (${states.map(() => '?').join()}) AND ended_at <= ?
       ORDER BY id`,
      ...states,
      before,
    ).map((row) => String(row['id']));
  }

  remove(id: string): void {
    this.#run('DELETE FROM jobs WHERE id = ?', id);
  }

  readerCursor(jobId: string, reader: string): string | null {
    const row = this.#get(
      'SELECT cursor FROM readers WHERE job_id = ? AND reader = ?',
      jobId,
      reader,
    );
    return row ? String(row['cursor']) : null;
  }

  /** A job that was pruned meanwhile takes its readers with it: then this does nothing. */
  setReaderCursor(jobId: string, reader: string, cursor: string): void {
    this.#run(
      `INSERT INTO readers (job_id, reader, cursor)
       SELECT id, ?, ? FROM jobs WHERE id = ?
       ON CONFLICT DO UPDATE SET cursor = excluded.cursor`,
      reader,
      cursor,
      jobId,
    );
  }

  close(): void {
    this.#database.close();
  }

  #statement(sql: string): StatementSync {
    let statement = this.#statements.get(sql);
    if (!statement) {
      statement = this.#database.prepare(sql);
      this.#statements.set(sql, statement);
    }
    return statement;
  }

  #get(sql: string, ...values: SQLInputValue[]): JobRow | undefined {
    return this.#statement(sql).get(...values) as JobRow | undefined;
  }

  #all(sql: string, ...values: SQLInputValue[]): JobRow[] {
    return this.#statement(sql).all(...values) as JobRow[];
  }

  #run(sql: string, ...values: SQLInputValue[]): void {
    this.#statement(sql).run(...values);
  }

  #changes(sql: string, ...values: SQLInputValue[]): boolean {
    return Number(this.#statement(sql).run(...values).changes) > 0;
  }
}

function statesOf(status: JobStatus | null): string[] {
  if (status === null) return [];
  return status === 'running' ? ['running', 'preparing'] : [status];
}
