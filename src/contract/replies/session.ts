/** Sessions and their cells as lists show them. */
import * as z from 'zod';
import { CellReply, CellStatus } from './cell.ts';
import { jobId, named, names, remarks, seconds, text, time } from './fields.ts';

const CellRow = named('CellRow', 'A cell in few words.', {
  cell: z.int().min(1).describe('Its number.'),
  status: CellStatus,
  client: text.describe('Who sent it.'),
  first_line: text.describe('Of its code.'),
  elapsed_seconds: seconds.optional().describe('Seconds it ran.'),
  changed: names.optional().describe('Variables that are new, changed, or (-) gone.'),
});

export const SessionView = named('SessionView', 'What a session is doing, and what it holds.', {
  name: text.describe('Its name.'),
  state: z
    .enum(['idle', 'running', 'waiting_for_input', 'ended'])
    .describe('waiting_for_input: py_send_input answers.'),
  cell: z.int().min(0).describe('The one that runs, or ran last; 0 = none yet.'),
  queued: z.int().min(0).describe('Cells behind it.'),
  prompt: text.optional().describe('Of the input it waits for.'),
  ends_at: time.optional().describe('When it ends if nobody sends a cell.'),
  variables: names.optional().describe('What it holds; of an ended one, what was lost.'),
  variables_total: z.int().optional().describe('When there are more than are named.'),
  cells: z.array(CellRow).optional().describe('The newest ones.'),
});

export const SessionItem = named('SessionItem', 'A session in the list of those that live.', {
  job_id: jobId,
  ...SessionView.shape,
});

export const SessionsReply = named('SessionsReply', 'The sessions that live.', {
  sessions: z.array(SessionItem).describe('By name.'),
});

export const CellView = named('CellView', 'A cell: what was asked, and what came of it.', {
  code: text.describe('Its code.'),
  client: text.describe('Who sent it.'),
  accepted_at: time.describe('When.'),
  ...CellReply.shape,
});

export const CellsReply = named('CellsReply', 'Cells of a session, in their order.', {
  cells: z.array(CellView).describe('From the one asked for on.'),
  newest: z.int().min(0).describe('Number of the newest cell; 0 = there is none.'),
  ...remarks,
});

export type SessionView = z.infer<typeof SessionView>;
export type SessionItem = z.infer<typeof SessionItem>;
export type CellRow = z.infer<typeof CellRow>;
export type CellView = z.infer<typeof CellView>;
export type CellsReply = z.infer<typeof CellsReply>;
