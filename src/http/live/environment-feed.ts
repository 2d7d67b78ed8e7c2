/** What building an environment says to a follower of its job: the newest part, then what is added. */
import type { JobService } from '../../jobs/job-service.ts';
import type { InspectedPage } from '../../jobs/read/pages.ts';
import { type Content, contentOf } from '../wire/content.ts';

export type EnvironmentPiece = { from: number; next: number } & Content;

const MOST_BYTES = 65_536;

export class EnvironmentFeed {
  readonly #jobs: JobService;
  readonly #id: string;
  /** Null until the first look, which shows the newest part. */
  #position: number | null = null;
  /** Nothing is said any more. Whoever comes after the launch is not told about it. */
  #isOver = false;

  constructor(jobs: JobService, id: string) {
    this.#jobs = jobs;
    this.#id = id;
  }

  /** What was said since the last call; null for nothing. @throws JobError unknown_job */
  next(): EnvironmentPiece | null {
    if (this.#isOver) return null;
    const isFirst = this.#position === null;
    const { from, next, bytes, ended } = this.#read();
    this.#isOver = ended && (isFirst || bytes.length === 0);
    this.#position = next;
    return this.#isOver || bytes.length === 0 ? null : { from, next, ...contentOf(bytes) };
  }

  #read(): InspectedPage {
    const where = this.#position === null ? 'end' : { from: this.#position };
    return this.#jobs.inspect.output.page(this.#id, 'environment', where, MOST_BYTES);
  }
}
