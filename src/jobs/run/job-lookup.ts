/** Finds jobs by id, as they are now. */
import { isJobId, isJobIdPrefix } from '../../core/job-id.ts';
import { invalid, JobError, shown } from '../../core/job-error.ts';
import type { Job } from '../../core/job.ts';
import { Newest } from '../../core/newest.ts';
import type { Engine } from '../context/job-context.ts';
import type { EndRecorder } from './record-end.ts';

/** Characters of an id of ours; those of earlier versions are longer. */
const SHORT = 10;
const MOST_KNOWN = 1_000;
const MOST_COMPLETIONS = 100;
/** Ids in a message. */
const MOST_NAMED = 4;

export class JobLookup {
  readonly #engine: Engine;
  readonly #recorder: EndRecorder;
  readonly #known = new Newest<string, true>(MOST_KNOWN);

  constructor(engine: Engine, recorder: EndRecorder) {
    this.#engine = engine;
    this.#recorder = recorder;
  }

  /** @throws JobError unknown_job, naming the newest ids */
  get(id: string): Job {
    const job = isJobId(id) ? this.#engine.store.find(id) : null;
    return job ? this.#recorder.asItIs(job) : this.refuse(id);
  }

  /** This id, or the one that begins so; nothing is looked at. @throws JobError unknown_job, invalid_request */
  idOf(prefix: string): string {
    if (isJobId(prefix) && this.#isWhole(prefix)) return prefix;
    const ids = isJobIdPrefix(prefix) ? this.#engine.lists.idsStartingWith(prefix, MOST_NAMED) : [];
    if (ids.length === 1) return ids.at(-1) as string;
    if (ids.length === 0) return this.refuse(prefix);
    throw invalid('job_id', `${shown(prefix)} fits ${listOf(ids)}.`, 'Give more of the id.');
  }

  /** Ten characters may also begin an id of 32; what was once an id remains one. */
  #isWhole(id: string): boolean {
    if (id.length > SHORT || this.#known.get(id)) return true;
    const isThere = this.#engine.store.find(id) !== null;
    if (isThere) this.#known.set(id, true);
    return isThere;
  }

  /** Ids that begin with `prefix`, newest first. */
  completions(prefix: string): string[] {
    return this.#engine.lists.idsStartingWith(prefix, MOST_COMPLETIONS);
  }

  refuse(id: string): never {
    const newest = this.#engine.lists.idsStartingWith('', 3);
    const remedy =
      newest.length > 0 ? `The newest jobs are ${newest.join(', ')}.` : 'There are no jobs yet.';
    throw new JobError('unknown_job', `There is no job ${shown(id)}. ${remedy}`);
  }
}

function listOf(ids: string[]): string {
  const all = ids.length < MOST_NAMED;
  return all ? ids.join(' and ') : `several jobs, the newest ${ids.slice(0, -1).join(', ')}`;
}
