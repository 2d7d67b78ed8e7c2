/**
 * meta/jobs.json: the newest jobs in a form people can open in an editor. Only ever written, at most
 * once a second, atomically; nothing reads it back.
 */
import { renameSync, writeFileSync } from 'node:fs';
import { hasEnded } from '../../core/job.ts';
import { readTail } from '../../output/files/read-page.ts';
import { present } from '../../output/files/output-window.ts';
import { type Engine, folderOf } from '../context/job-context.ts';
import { jobSummary } from '../views/job-view.ts';

const NEWEST = 50;
/** Of both streams of all jobs together no more is cleaned at once than of a large page. */
const TAIL_BYTES = 640;
const INTERVAL_MS = 1_000;

/** Tells our file from the one the Python implementation kept at the same place. */
export const SNAPSHOT_WRITER = 'python-mcp (TypeScript)';

export class Snapshot {
  readonly #engine: Engine;
  readonly #path: string;
  #timer: NodeJS.Timeout | null = null;

  constructor(engine: Engine, path: string) {
    this.#engine = engine;
    this.#path = path;
  }

  start(): void {
    this.#engine.events.on('changed', this.#onChanged);
  }

  stop(): void {
    this.#engine.events.off('changed', this.#onChanged);
    if (!this.#timer) return;
    clearTimeout(this.#timer);
    this.#write();
  }

  readonly #onChanged = (): void => {
    this.#timer ??= setTimeout(() => this.#write(), INTERVAL_MS).unref();
  };

  /** For people only: what hinders it ends nothing. */
  #write(): void {
    this.#timer = null;
    try {
      this.#replace(this.#text());
    } catch (error) {
      this.#engine.log.warn('meta/jobs.json was not written', { error: String(error) });
    }
  }

  #text(): string {
    const { jobs, total } = this.#engine.lists.list(null, NEWEST, 0);
    const shown = jobs.map((job) => {
      const { stdout, stderr } = folderOf(this.#engine, job.id);
      const ended = hasEnded(job);
      return { ...jobSummary(job), stdout: tailOf(stdout, ended), stderr: tailOf(stderr, ended) };
    });
    const snapshot = { writer: SNAPSHOT_WRITER, written_at: new Date(), total, jobs: shown };
    return `${JSON.stringify(snapshot, null, 2)}\n`;
  }

  #replace(text: string): void {
    const aside = `${this.#path}.${process.pid}`;
    writeFileSync(aside, text, { mode: 0o600 });
    renameSync(aside, this.#path);
  }
}

function tailOf(path: string, ended: boolean): string {
  return present(readTail(path, TAIL_BYTES, ended).bytes);
}
