/**
 * Which locks and GPUs are held, and by which jobs. It is read from the jobs themselves: nothing has to
 * be given back, so nothing can be forgotten, however a job or a server ends.
 */
import type { JobRow } from './job-rows.ts';
import { type Needs, readNeeds } from './needs.ts';
import type { Statements } from './statements.ts';

/** What there is to share. */
export interface Capacities {
  /** Jobs that run at once. */
  places: number;
  /** How many jobs hold a lock at once, by its name; one where there is no entry. */
  locks: ReadonlyMap<string, number>;
  /** GPUs, as CUDA names them. */
  devices: readonly string[];
}

/** What an ended job left running is cleared up within seconds; until then it may use what the job had. */
const CLEARED_WITHIN_MS = 30_000;

export class Holdings {
  readonly #capacities: Capacities;
  /** Ids of jobs, by lock and by device. */
  readonly #locks = new Map<string, string[]>();
  readonly #devices = new Map<string, string>();
  /** Of the free ones, how many are kept for jobs that come first. */
  #keptDevices = 0;

  constructor(sql: Statements, capacities: Capacities) {
    this.#capacities = capacities;
    for (const row of holders(sql)) this.#add(row);
  }

  /** The devices for a job that needs this; null when something is missing. */
  fitting({ locks, gpus }: Needs): string[] | null {
    if (!locks.every((lock) => this.#isFree(lock))) return null;
    const free = this.#freeDevices();
    return free.length - this.#keptDevices < gpus && gpus > 0 ? null : free.slice(0, gpus);
  }

  /** Keeps what is still free of it for a job that cannot start yet. */
  keep({ locks, gpus }: Needs, id: string): void {
    if (gpus > this.#capacities.devices.length) return; // it waits for a server that has as many
    for (const lock of locks) this.#hold(lock, id);
    this.#keptDevices += gpus;
  }

  /** Whoever holds a lock that is all taken; empty for a free one. */
  holdersOf(lock: string): readonly string[] {
    return this.#isFree(lock) ? [] : (this.#locks.get(lock) ?? []);
  }

  /** Whoever has GPUs, if there are fewer left than that. */
  holdersOfGpus(wanted: number): string[] {
    return this.#freeDevices().length >= wanted ? [] : [...new Set(this.#devices.values())];
  }

  #add(row: JobRow): void {
    const id = String(row['id']);
    for (const lock of readNeeds(String(row['needs'])).locks) this.#hold(lock, id);
    const devices = JSON.parse(String(row['devices'] ?? '[]')) as string[];
    for (const device of devices) this.#devices.set(device, id);
  }

  #hold(lock: string, id: string): void {
    this.#locks.set(lock, [...(this.#locks.get(lock) ?? []), id]);
  }

  #isFree(lock: string): boolean {
    const held = this.#locks.get(lock)?.length ?? 0;
    return held < (this.#capacities.locks.get(lock) ?? 1);
  }

  #freeDevices(): string[] {
    return this.#capacities.devices.filter((device) => !this.#devices.has(device));
  }
}

/** A job that has ended holds on until what it left running is ended, too. */
function holders(sql: Statements): JobRow[] {
  return sql.all(
    `SELECT id, needs, devices FROM jobs INDEXED BY jobs_active
     WHERE state IN ('preparing', 'running') AND needs <> ''
     UNION ALL
     SELECT id, needs, devices FROM jobs INDEXED BY jobs_unswept
     WHERE swept = 0 AND ended_at > ? AND started_at IS NOT NULL AND needs <> ''`,
    Date.now() - CLEARED_WITHIN_MS,
  );
}
