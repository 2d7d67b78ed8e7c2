/** What is replied to those who end, remove or talk to jobs. */
import * as z from 'zod';
import {
  bytes,
  exitCode,
  jobId,
  named,
  processId,
  remarks,
  text,
  waitingForInput,
} from './fields.ts';
import { Status } from './run-result.ts';

export const CancelReply = named('CancelReply', 'What became of a cancelled job.', {
  job_id: jobId,
  status: Status,
  message: text.describe('What was done.'),
  survivors: z.array(processId).describe('Ids of processes that could not be ended.'),
  ...remarks,
});

export const PruneReply = named('PruneReply', 'What was removed, or would be.', {
  removed: z.int().min(0).describe('How many jobs.'),
  remaining: z.int().min(0).describe('How many are left.'),
  freed_bytes: bytes.describe('Disk space.'),
  message: text.optional().describe('Why nothing was removed.'),
  ...remarks,
});

export const InputReply = named('InputReply', 'What was written to standard input.', {
  job_id: jobId,
  written: bytes.describe('Bytes.'),
  ...remarks,
});

export const AnswerReply = named('AnswerReply', 'What came back for an input.', {
  written: bytes.describe('Bytes written to standard input.'),
  new_stdout: text.describe('What this reader has not had.'),
  new_stderr: text.describe('Likewise.'),
  more: z.literal(true).optional().describe('More is unread than fits: ask for the status.'),
  waiting_for_input: waitingForInput.nullable(),
  status: Status,
  exit_code: exitCode.optional(),
  error: text.optional().describe('Why it did not complete, in a sentence.'),
  ...remarks,
});

export type AnswerReply = z.infer<typeof AnswerReply>;
export type CancelReply = z.infer<typeof CancelReply>;
export type PruneReply = z.infer<typeof PruneReply>;
