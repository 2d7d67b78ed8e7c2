/** SQL statements, each prepared once. */
import type { Database, SQLInputValue, StatementSync } from './database.ts';
import type { JobRow } from './job-rows.ts';

export class Statements {
  readonly #database: Database;
  readonly #prepared = new Map<string, StatementSync>();

  constructor(database: Database) {
    this.#database = database;
  }

  get(sql: string, ...values: SQLInputValue[]): JobRow | undefined {
    return this.#statement(sql).get(...values) as JobRow | undefined;
  }

  all(sql: string, ...values: SQLInputValue[]): JobRow[] {
    return this.#statement(sql).all(...values) as JobRow[];
  }

  run(sql: string, ...values: SQLInputValue[]): void {
    this.#statement(sql).run(...values);
  }

  /** Whether a row was changed. */
  changes(sql: string, ...values: SQLInputValue[]): boolean {
    return Number(this.#statement(sql).run(...values).changes) > 0;
  }

  #statement(sql: string): StatementSync {
    let statement = this.#prepared.get(sql);
    if (!statement) {
      statement = this.#database.prepare(sql);
      this.#prepared.set(sql, statement);
    }
    return statement;
  }
}
