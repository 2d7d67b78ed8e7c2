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
    return this.#database.read(() => this.#statement(sql).get(...values)) as JobRow | undefined;
  }

  all(sql: string, ...values: SQLInputValue[]): JobRow[] {
    return this.#database.read(() => this.#statement(sql).all(...values)) as JobRow[];
  }

  run(sql: string, ...values: SQLInputValue[]): void {
    this.#database.write(() => this.#statement(sql).run(...values));
  }

  /** Whether a row was changed. */
  changes(sql: string, ...values: SQLInputValue[]): boolean {
    const { changes } = this.#database.write(() => this.#statement(sql).run(...values));
    return Number(changes) > 0;
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
