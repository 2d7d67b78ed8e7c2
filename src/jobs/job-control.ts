/** What of the door changes a job that there is: end it, feed it, run it again, remove it. */
import type { PruneJobsInput } from '../contract/inputs.ts';
import type { CancelReply, PruneReply } from '../contract/replies/control.ts';
import { invalid } from '../core/job-error.ts';
import { hasEnded, NOBODY, statusOf, type Job } from '../core/job.ts';
import type { Origin } from './accept/accept-run.ts';
import { rerunInput, type RerunValues } from './accept/rerun.ts';
import type { RunInput } from './accept/run-request.ts';
import { type Engine, folderOf } from './context/job-context.ts';
import { pruneJobs, removeJob } from './maintenance/prune.ts';
import type { JobLookup } from './run/job-lookup.ts';
import { sendInput } from './run/send-input.ts';
import { DEFAULT_GRACE_MS, SHORT_GRACE_MS, type Terminator } from './run/terminator.ts';

type Run = (input: RunInput, origin: Origin) => Promise<Job>;

export class JobControl {
  readonly #engine: Engine;
  readonly #lookup: JobLookup;
  readonly #terminator: Terminator;
  readonly #run: Run;

  constructor(engine: Engine, lookup: JobLookup, terminator: Terminator, run: Run) {
    this.#engine = engine;
    this.#lookup = lookup;
    this.#terminator = terminator;
    this.#run = run;
  }

  /** Ends a job and all its processes before it answers. Cancelling twice is the same as once. */
  async cancel(id: string, graceMs: number = DEFAULT_GRACE_MS): Promise<CancelReply> {
    const job = this.#lookup.get(id);
    if (hasEnded(job)) return this.#cancelReply(job, [], `The job had already ended.`);
    const survivors = await this.#terminator.end(job, 'cancelled', graceMs);
    const after = this.#lookup.get(id);
    const ended = hasEnded(after);
    return this.#cancelReply(after, survivors, ended ? ENDED : beingEnded(after));
  }

  /** Ends runs that nobody can collect any more, before their client loses its patience. */
  async abandon(ids: Iterable<string>): Promise<void> {
    await Promise.allSettled([...ids].map((id) => this.cancel(id, SHORT_GRACE_MS)));
  }

  prune(input: PruneJobsInput): Promise<PruneReply> {
    return pruneJobs(this.#engine, {
      keepCompleted: input.keep_completed ?? true,
      keepFailed: input.keep_failed ?? true,
      keepCancelled: input.keep_cancelled ?? true,
      maxAgeHours: input.max_age_hours ?? 24,
      dryRun: input.dry_run ?? false,
    });
  }

  /** The same run again. @throws JobError invalid_request that names values to be given again */
  rerun(id: string, values: RerunValues, origin: Origin): Promise<Job> {
    const job = this.#lookup.get(id);
    return this.#run(rerunInput(job, folderOf(this.#engine, id), values), origin);
  }

  /** Removes an ended job and its files. @throws JobError invalid_request while it has not ended */
  async remove(id: string): Promise<void> {
    if (!hasEnded(this.#lookup.get(id))) {
      throw invalid('job_id', `job ${id} has not ended.`, 'Cancel it first.');
    }
    await removeJob(this.#engine, id);
  }

  /** Writes to the standard input of an interactive job; `close` ends it. Returns bytes written. */
  async sendInput(id: string, text: string, close: boolean): Promise<number> {
    return sendInput(this.#engine, this.#lookup.get(id), text, close);
  }

  #cancelReply(job: Job, survivors: number[], message: string): CancelReply {
    return { job_id: job.id, status: statusOf(job.state), message, survivors };
  }
}

const ENDED = 'The job and its processes were ended.';

function beingEnded({ state, endingBy }: Job): string {
  if (endingBy !== NOBODY || !('outOfSight' in state)) return 'The job is being ended.';
  return `${state.outOfSight} Nothing was stopped: a python-mcp that runs over there ends it.`;
}
