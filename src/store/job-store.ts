/**
 * Jobs in SQLite, one at a time. Every change of state is one guarded statement: whoever comes
 * second changes nothing and is told so. That is all the coordination several servers on one home
 * need.
 */
import type { Client } from '../core/client.ts';
import {
  type EndedState,
  type Ending,
  type Job,
  type JobRequest,
  type Launch,
  NOBODY,
} from '../core/job.ts';
import { awaitedJobs, type Hopeless, hopelessJobs, waitForJobs } from './after-jobs.ts';
import { type Database, transaction } from './database.ts';
import { type Capacities, Holdings } from './holdings.ts';
import { jobOf } from './job-rows.ts';
import { needsText } from './needs.ts';
import { type Claimant, type NextJob, nextInTurn } from './next-in-turn.ts';
import { addErrorToSearch, addToSearch } from './search-rows.ts';
import { Statements } from './statements.ts';

export interface NewJob {
  id: string;
  request: JobRequest;
  submittedBy: string;
  client: Client | null;
  /** Only the submitter can launch it: it holds values that are never stored. */
  bound: boolean;
  createdAt: number;
  /** Of the caller: a second request under it is not a second run. */
  requestKey?: string | undefined;
}

/** What was decided about a job when it was looked at. */
type Decision = Pick<Job, 'ending' | 'endingBy'>;
const UNDECIDED: Decision = { ending: null, endingBy: null };

const ALIVE = `('pending', 'preparing', 'running')`;

export class JobStore {
  readonly #database: Database;
  readonly #sql: Statements;

  constructor(database: Database) {
    this.#database = database;
    this.#sql = new Statements(database);
  }

  /** @returns its id, or that of the job which has its request key already: then nothing is inserted. */
  insert(job: NewJob): string {
    return transaction(this.#database, () => {
      const known = job.requestKey ? this.idOfRequest(job.requestKey) : null;
      if (known !== null) return known;
      this.#sql.run(
        `INSERT INTO jobs
           (id, state, submitted_by, bound, request, created_at, client, client_version, request_key,
            needs)
         VALUES (?, 'pending', ?, ?, ?, ?, ?, ?, ?, ?)`,
        job.id,
        job.submittedBy,
        job.bound ? 1 : 0,
        JSON.stringify(job.request),
        job.createdAt,
        job.client?.name ?? null,
        job.client?.version ?? null,
        job.requestKey ?? null,
        needsText(job.request),
      );
      waitForJobs(this.#sql, job.id, job.request.after ?? []);
      addToSearch(this.#sql, job);
      return job.id;
    });
  }

  idOfRequest(key: string): string | null {
    const id = this.#sql.get('SELECT id FROM jobs WHERE request_key = ?', key)?.['id'];
    return id === undefined ? null : String(id);
  }

  find(id: string): Job | null {
    const row = this.#sql.get('SELECT * FROM jobs WHERE id = ?', id);
    return row ? jobOf(row) : null;
  }

  /** Claims the pending job whose turn it is, if there is a free place and what it needs. */
  claimNext(claimant: Claimant): Job | null {
    if (nextInTurn(this.#sql, claimant) === null) return null; // seen without taking the lock
    return transaction(this.#database, () => {
      const next = nextInTurn(this.#sql, claimant);
      return next === null ? null : this.#claim(next, claimant.server);
    });
  }

  /** A session needs no free place: an idle one would keep scripts from running. */
  claimSession(id: string, server: string): Job | null {
    const claimed = this.#sql.changes(
      `UPDATE jobs SET state = 'preparing', claimed_by = ? WHERE id = ? AND state = 'pending'`,
      server,
      id,
    );
    return claimed ? this.find(id) : null;
  }

  #claim({ id, devices }: NextJob, server: string): Job | null {
    this.#sql.run(
      `UPDATE jobs SET state = 'preparing', claimed_by = ?, devices = ? WHERE id = ?`,
      server,
      devices.length > 0 ? JSON.stringify(devices) : null,
      id,
    );
    return this.find(id);
  }

  /** Which locks and GPUs are held now. */
  holdings(capacities: Capacities): Holdings {
    return new Holdings(this.#sql, capacities);
  }

  /** Ids of the jobs that a pending one still waits for. */
  awaitedJobs(id: string): string[] {
    return awaitedJobs(this.#sql, id);
  }

  /** Pending jobs that wait for one which did not complete; a few at a time. */
  hopelessJobs(limit: number): Hopeless[] {
    return hopelessJobs(this.#sql, limit);
  }

  /** Takes a claimed job over from a server that is gone; false if somebody else was faster. */
  takeOver(id: string, from: string, to: string): boolean {
    return this.#sql.changes(
      `UPDATE jobs SET claimed_by = ? WHERE id = ? AND state = 'preparing' AND claimed_by = ?`,
      to,
      id,
      from,
    );
  }

  markRunning(id: string, startedAt: number, launch: Launch): boolean {
    return this.#sql.changes(
      `UPDATE jobs SET state = 'running', started_at = ?, launch = ?
       WHERE id = ? AND state = 'preparing'`,
      startedAt,
      JSON.stringify(launch),
      id,
    );
  }

  /** From now on status replies carry partial output: the run was moved to the background. */
  markStreaming(id: string): void {
    this.#sql.run(
      `UPDATE jobs SET request = json_set(request, '$.streaming', json('true')) WHERE id = ?`,
      id,
    );
  }

  /** Records the decision to end a job, and whose it was; the first stands that anybody can carry out. */
  markEnding(id: string, ending: Ending, by: string): boolean {
    return this.#sql.changes(
      `UPDATE jobs SET ending = ?, ending_by = ?
       WHERE id = ? AND (ending IS NULL OR ending_by = '${NOBODY}') AND state IN ${ALIVE}`,
      ending,
      by,
      id,
    );
  }

  /** The decision could not be carried out from there: it is left to whoever sees the job. */
  leaveEnding(id: string, by: string): void {
    const whose = `id = ? AND ending_by = ? AND state IN ${ALIVE}`;
    this.#sql.run(`UPDATE jobs SET ending_by = '${NOBODY}' WHERE ${whose}`, id, by);
  }

  /** As `markEnding`, for a job that nobody has claimed yet: from now on nobody can. */
  endPending(id: string, ending: Ending, by: string): boolean {
    return this.#sql.changes(
      `UPDATE jobs SET ending = ?, ending_by = ?, state = 'preparing', claimed_by = ?
       WHERE id = ? AND state = 'pending'`,
      ending,
      by,
      by,
      id,
    );
  }

  /**
   * The one way into a final state; false when the job was final already, or when a decision was
   * made about it that is not the one which `end` was judged by.
   */
  finish(id: string, end: EndedState, { ending, endingBy }: Decision = UNDECIDED): boolean {
    const isFirst = this.#sql.changes(
      `UPDATE jobs SET state = ?, started_at = ?, launch = ?, ended_at = ?, outcome = ?,
         exit_code = ?, usage = ?, error = ?, said = ?
       WHERE id = ? AND state IN ${ALIVE} AND ending IS ? AND ending_by IS ?`,
      end.name,
      end.startedAt,
      end.launch && JSON.stringify(end.launch),
      end.endedAt,
      JSON.stringify(end.outcome),
      end.exitCode,
      end.usage && JSON.stringify(end.usage),
      end.error ?? null,
      end.said ? JSON.stringify(end.said) : null,
      id,
      ending,
      endingBy,
    );
    if (isFirst && end.error) addErrorToSearch(this.#sql, id, end.error);
    return isFirst;
  }

  /** What was still running when its script had ended, as a sentence. */
  noteLeft(id: string, sentence: string): void {
    this.#sql.run(
      `UPDATE jobs SET launch = json_set(launch, '$.left', ?) WHERE id = ? AND launch IS NOT NULL`,
      sentence,
      id,
    );
  }

  /** Whether it was looked for what it had left running. */
  isSwept(id: string): boolean {
    return this.#sql.get('SELECT swept FROM jobs WHERE id = ?', id)?.['swept'] === 1;
  }

  markSwept(id: string): void {
    this.#sql.run(`UPDATE jobs SET swept = 1 WHERE id = ?`, id);
  }

  /** What the files of ended jobs take of the disk, bytes by id. */
  markMeasured(sizes: ReadonlyMap<string, number>): void {
    transaction(this.#database, () => {
      for (const [id, bytes] of sizes) {
        this.#sql.run(`UPDATE jobs SET measured = 1, disk_bytes = ? WHERE id = ?`, bytes, id);
      }
    });
  }

  /** Nothing will change about the job's files any more, which take `diskBytes`. */
  markAtRest(id: string, diskBytes: number): void {
    this.#sql.run(
      `UPDATE jobs SET at_rest = 1, measured = 1, disk_bytes = ? WHERE id = ?`,
      diskBytes,
      id,
    );
  }

  remove(...ids: string[]): void {
    transaction(this.#database, () => {
      for (const id of ids) this.#sql.run('DELETE FROM jobs WHERE id = ?', id);
    });
  }

  readerCursor(jobId: string, reader: string): string | null {
    const row = this.#sql.get(
      'SELECT cursor FROM readers WHERE job_id = ? AND reader = ?',
      jobId,
      reader,
    );
    return row ? String(row['cursor']) : null;
  }

  /** All who have read of a job, and how far. */
  readers(jobId: string): { reader: string; cursor: string }[] {
    const rows = this.#sql.all('SELECT reader, cursor FROM readers WHERE job_id = ?', jobId);
    return rows.map(({ reader, cursor }) => ({ reader: String(reader), cursor: String(cursor) }));
  }

  /**
   * `move` is given where the reader is, whoever moved it last. A job that was pruned meanwhile takes
   * its readers with it: then this does nothing.
   */
  moveReader(jobId: string, reader: string, move: (from: string | null) => string): void {
    transaction(this.#database, () => {
      const from = this.readerCursor(jobId, reader);
      const to = move(from);
      if (to === from) return;
      this.#sql.run(
        `INSERT INTO readers (job_id, reader, cursor)
         SELECT id, ?, ? FROM jobs WHERE id = ?
         ON CONFLICT DO UPDATE SET cursor = excluded.cursor`,
        reader,
        to,
        jobId,
      );
    });
  }

  /** Lays disk space aside for bad times, unless that would leave too little. */
  keepReserve(keepFreeBytes: number): void {
    this.#database.reserve.restore(keepFreeBytes);
  }

  close(): void {
    this.#database.close();
  }
}
