/** A cell of a session, as replies show it. */
import * as z from 'zod';
import { bytes, jobId, named, names, seconds, text } from './fields.ts';
import { ArtifactEntry } from './run-result.ts';

export const CellStatus = z
  .enum([
    'queued',
    'running',
    'waiting_for_input',
    'ok',
    'error',
    'interrupted',
    'timed_out',
    'exited',
    'cancelled',
    'lost',
  ])
  .describe('Those before ok are not final. lost: the session ended in it.');

export const CellReply = named('CellReply', 'What came of a cell.', {
  session: text.describe('Name of the session.'),
  job_id: jobId,
  cell: z.int().min(1).describe('Its number.'),
  status: CellStatus,
  value: z
    .strictObject({
      type: text.describe('Its type.'),
      text: text.describe('Its representation; of a long one the beginning and the end.'),
    })
    .optional()
    .describe('Of the last expression, unless that is None.'),
  stdout: text.describe('What it printed; of much the beginning and the end.'),
  stderr: text.describe('Likewise. A traceback stands here.'),
  stdout_bytes: bytes.describe('Bytes it printed.'),
  stderr_bytes: bytes.describe('Bytes it printed.'),
  cursor: text.describe('Where the output of the next cell begins.'),
  truncated: text
    .optional()
    .describe('Output was too long to be shown whole: how to get the rest.'),
  elapsed_seconds: seconds.optional().describe('Seconds it ran.'),
  memory_bytes: bytes.optional().describe('Of the session, after it.'),
  changed: names.optional().describe('Variables that are new, changed, or (-) gone.'),
  error: z
    .strictObject({
      type: text.describe('Class of the exception.'),
      message: text.describe('Its message.'),
      line: z.int().nullable().describe('Line of the cell; null when it is in none.'),
    })
    .optional()
    .describe('The exception that ended it.'),
  exit_code: z.int().optional().describe('Of exit(), which ends the cell alone.'),
  artifacts: z.array(ArtifactEntry).optional().describe('Files and figures it left.'),
  ahead: z.int().optional().describe('Cells that run before it.'),
  prompt: text.optional().describe('Of the input it waits for.'),
  message: text.optional().describe('How to go on, or why it has no result.'),
  notes: names
    .optional()
    .describe('What other clients did before it; parameters that were ignored.'),
  started: z
    .strictObject({
      interpreter: text.describe('Path of the interpreter.'),
      python_version: text.describe('Its version.'),
      directory: text.describe('Where it began.'),
      environment_source: text.describe('What decided on its packages.'),
    })
    .optional()
    .describe('With the first cell.'),
});

export type CellReply = z.infer<typeof CellReply>;
