/** `python-mcp cancel`: ends jobs with everything they started. */
import { CancelJobSchema } from '../../contract/inputs.ts';
import type { CancelReply } from '../../contract/replies/control.ts';
import { invalid } from '../../core/job-error.ts';
import type { JobService } from '../../jobs/job-service.ts';
import { checked } from '../terminal/typed-input.ts';
import { complain } from '../terminal/failure.ts';
import { printJson, printLine, type Terminal } from '../terminal/terminal.ts';
import { jobNamed } from '../terminal/typed-job.ts';

const GraceSchema = CancelJobSchema.pick({ grace_seconds: true });

export interface CancelOptions {
  all?: boolean;
  grace?: number;
  json?: boolean;
}

const MOST_AT_ONCE = 500;

/** @returns 1 when something survived. */
export async function cancelJobs(
  jobs: JobService,
  words: string[],
  { all = false, grace, json }: CancelOptions,
  terminal: Terminal,
): Promise<number> {
  const ids = chosen(jobs, words, all); // all, before any is ended
  const { grace_seconds: seconds } = await checked(GraceSchema, { grace_seconds: grace }, terminal);
  const graceMs = seconds === undefined ? undefined : seconds * 1000;
  const replies = await Promise.all(ids.map((id) => jobs.control.cancel(id, graceMs)));
  if (json) await printJson(terminal, replies);
  else for (const reply of replies) await report(reply, terminal);
  return replies.every((reply) => reply.survivors.length === 0) ? 0 : 1;
}

function chosen(jobs: JobService, words: string[], all: boolean): string[] {
  if (all === words.length > 0) {
    throw invalid('ID', 'which jobs is not clear.', 'Name some, or give --all alone.');
  }
  return all ? unfinished(jobs) : words.map((word) => jobNamed(jobs, word));
}

/** Those that wait come first, so that none of them takes the place of one that was ended. */
function unfinished(jobs: JobService): string[] {
  return (['pending', 'running'] as const).flatMap((status) => {
    const { jobs: listed } = jobs.inspect.list({ status_filter: status, limit: MOST_AT_ONCE });
    return listed.map(({ id }) => id);
  });
}

async function report(reply: CancelReply, terminal: Terminal): Promise<void> {
  await printLine(terminal.stdout, `${reply.job_id}  ${reply.status}  ${reply.message}`);
  if (reply.survivors.length === 0) return;
  await complain(terminal, `processes that could not be ended: ${reply.survivors.join(', ')}`);
}
