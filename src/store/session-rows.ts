/** Sessions by name: of each name at most one lives. */
import type { Job } from '../core/job.ts';
import type { Database } from './database.ts';
import { jobOf } from './job-rows.ts';
import { Statements } from './statements.ts';

const ALIVE = `session IS NOT NULL AND state IN ('pending', 'preparing', 'running')`;

export class SessionRows {
  readonly #sql: Statements;

  constructor(database: Database) {
    this.#sql = new Statements(database);
  }

  /** As stored: some may have ended without anybody having seen it. */
  alive(): Job[] {
    return this.#sql
      .all(`SELECT * FROM jobs INDEXED BY sessions_alive WHERE ${ALIVE} ORDER BY session`)
      .map(jobOf);
  }

  /** The one that lives, or else the last one. */
  newest(name: string): Job | null {
    const row = this.#sql.get(
      `SELECT * FROM jobs INDEXED BY sessions_by_name WHERE session = ?
       ORDER BY created_at DESC, id DESC LIMIT 1`,
      name,
    );
    return row ? jobOf(row) : null;
  }
}

/** Whether another server was faster to begin a session of the same name. */
export function isNameTaken(error: unknown): boolean {
  return error instanceof Error && error.message.includes('jobs.session');
}
