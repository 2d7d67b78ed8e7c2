/** What `py_job_status` replies: a job, and in it what its reader has not had yet. */
import * as z from 'zod';
import { named, remarks, text } from './fields.ts';
import { job } from './one-job.ts';
import { partialOutput } from './run-result.ts';

export const JobStatus = named('JobStatus', 'A job with the output that its reader asked for.', {
  ...job,
  partial_stdout: partialOutput.partial_stdout.optional(),
  partial_stderr: partialOutput.partial_stderr.optional(),
  new_stdout: text.optional().describe('With incremental: what this reader has not had.'),
  new_stderr: text.optional().describe('Likewise.'),
  more: z.literal(true).optional().describe('More is unread than fits: ask again at once.'),
  hint: text.optional().describe('What to do next.'),
});

export const StatusReply = named('StatusReply', 'A job as one reader sees it.', {
  job: JobStatus.describe('As it is now.'),
  incremental: z.literal(true).optional().describe('Only new output was asked for.'),
  ...remarks,
});

export type StatusReply = z.infer<typeof StatusReply>;
