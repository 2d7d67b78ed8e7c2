/** What `py_job_status` replies: a job, and in it what its reader has not had yet. */
import * as z from 'zod';
import {
  bytes,
  exitCode,
  jobId,
  named,
  remarks,
  seconds,
  shortResultValue,
  text,
  waitingForInput,
  waitsFor,
} from './fields.ts';
import { job } from './one-job.ts';
import { partialOutput, RunResult, Status } from './run-result.ts';
import { SessionView } from './session.ts';

/** Of the result, what an incremental status says elsewhere. */
const BESIDE_THE_RESULT = {
  job_id: true,
  status: true,
  stdout: true,
  stderr: true,
  elapsed_seconds: true,
  stdout_bytes: true,
  stderr_bytes: true,
} as const;

const { waits_for: _inTheHint, ...told } = job;

/** Incremental, it has what may be new: no field that is null, and none that stays as it was. */
export const JobStatus = named('JobStatus', 'A job with the output that its reader asked for.', {
  ...told,
  tool: job.tool.optional(),
  client: job.client.optional(),
  created_at: job.created_at.optional(),
  started_at: job.started_at.optional(),
  completed_at: job.completed_at.optional(),
  error: job.error.optional(),
  outcome: job.outcome.optional(),
  progress: job.progress.optional(),
  result: RunResult.partial(BESIDE_THE_RESULT)
    .nullable()
    .describe('Null until it has ended. With incremental, without output.'),
  partial_stdout: partialOutput.partial_stdout.optional(),
  partial_stderr: partialOutput.partial_stderr.optional(),
  new_stdout: text.optional().describe('With incremental: what this reader has not had.'),
  new_stderr: text.optional().describe('Likewise.'),
  more: z.literal(true).optional().describe('More is unread than fits: ask again.'),
  unread_bytes: bytes.optional().describe('How much that is.'),
  until: text.optional().describe('What a pattern of `until` came to.'),
  session: SessionView.optional().describe('Of a session.'),
  stack: text
    .optional()
    .describe('With `stack`: where its Python code is, or why that is not known.'),
  hint: text.optional().describe('What to do next.'),
});

export const StatusReply = named('StatusReply', 'A job as one reader sees it.', {
  job: JobStatus.describe('As it is now.'),
  incremental: z.literal(true).optional().describe('Only new output was asked for.'),
  ...remarks,
});

export const JobRow = named('JobRow', 'One of several jobs that were asked for.', {
  id: jobId,
  label: text.describe('Name shown in lists.'),
  status: Status,
  elapsed_seconds: seconds.describe('Seconds the script has run, as of this reply.'),
  exit_code: exitCode.optional(),
  error: text.optional().describe('Why it did not complete, in a sentence.'),
  waits_for: waitsFor,
  waiting_for_input: waitingForInput.optional(),
  result_value: shortResultValue,
  percent: z.number().optional().describe('How far it says it is, 0 to 100.'),
});

export const JobsReply = named('JobsReply', 'Several jobs, one short row each.', {
  jobs: z.array(JobRow).describe('In the order asked for.'),
  ...remarks,
});

export type JobRow = z.infer<typeof JobRow>;
export type JobsReply = z.infer<typeof JobsReply>;
export type StatusReply = z.infer<typeof StatusReply>;
