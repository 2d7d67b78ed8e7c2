/** `python-mcp cancel`: ends jobs with everything they started. */
import { CancelJobSchema } from '../../contract/inputs.ts';
import type { CancelReply } from '../../contract/replies/control.ts';
import type { JobService } from '../../jobs/job-service.ts';
import { checked } from '../terminal/typed-input.ts';
import { complain } from '../terminal/failure.ts';
import { printJson, printLine, type Terminal } from '../terminal/terminal.ts';
import { jobNamed } from './typed-job.ts';

const GraceSchema = CancelJobSchema.pick({ grace_seconds: true });

/** @returns 1 when something survived. */
export async function cancelJobs(
  jobs: JobService,
  prefixes: string[],
  { grace, json }: { grace?: number; json?: boolean },
  terminal: Terminal,
): Promise<number> {
  const ids = prefixes.map((prefix) => jobNamed(jobs, prefix)); // all, before any is ended
  const { grace_seconds: seconds } = await checked(GraceSchema, { grace_seconds: grace }, terminal);
  const graceMs = seconds === undefined ? undefined : seconds * 1000;
  const replies = await Promise.all(ids.map((id) => jobs.cancel(id, graceMs)));
  if (json) await printJson(terminal, replies);
  else for (const reply of replies) await report(reply, terminal);
  return replies.every((reply) => reply.survivors.length === 0) ? 0 : 1;
}

async function report(reply: CancelReply, terminal: Terminal): Promise<void> {
  await printLine(terminal.stdout, `${reply.job_id}  ${reply.status}  ${reply.message}`);
  if (reply.survivors.length === 0) return;
  await complain(terminal, `processes that could not be ended: ${reply.survivors.join(', ')}`);
}
