/**
 * meta/jobs.json: the newest jobs in a form people can open in an editor. Only ever written, at most
 * once a second, atomically; nothing reads it back.
 */
import { hasEnded } from '../../core/job.ts';
import { writeAtomic } from '../../os/atomic-file.ts';
import { attempt, later, type Recurring } from '../../os/every.ts';
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
  readonly #writing: Recurring;
  #isDue = false;

  constructor(engine: Engine, path: string) {
    this.#engine = engine;
    this.#path = path;
    this.#writing = later('writing meta/jobs.json', () => this.#write(), engine.log);
  }

  start(): void {
    this.#engine.events.on('changed', this.#onChanged);
  }

  /** What has changed since the last time is still written. */
  stop(): void {
    this.#engine.events.off('changed', this.#onChanged);
    this.#writing.stop();
    if (this.#isDue) attempt('writing meta/jobs.json', () => this.#write(), this.#engine.log);
  }

  readonly #onChanged = (): void => {
    this.#isDue = true;
    this.#writing.within(INTERVAL_MS);
  };

  #write(): void {
    this.#isDue = false;
    const { jobs, total } = this.#engine.lists.list(null, NEWEST, 0);
    const shown = jobs.map((job) => {
      const { stdout, stderr } = folderOf(this.#engine, job.id);
      const ended = hasEnded(job);
      return { ...jobSummary(job), stdout: tailOf(stdout, ended), stderr: tailOf(stderr, ended) };
    });
    const snapshot = { writer: SNAPSHOT_WRITER, written_at: new Date(), total, jobs: shown };
    writeAtomic(this.#path, `${JSON.stringify(snapshot, null, 2)}\n`);
  }
}

function tailOf(path: string, ended: boolean): string {
  return present(readTail(path, TAIL_BYTES, ended).bytes);
}
