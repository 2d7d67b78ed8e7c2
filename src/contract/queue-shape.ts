/** What a run waits for before it starts, beside its turn: shared by all tools that run a script. */
import * as z from 'zod';
import { shown } from '../core/job-error.ts';
import { called } from '../core/wording.ts';

const lock = z.string().regex(/^[\w.:/@+-]{1,64}$/, {
  error: (issue) =>
    `${called(issue.path?.join('.') ?? '')}: ${shown(issue.input)} is no name of a lock. Use letters, digits and _ . : / @ + -`,
});

export const queueShape = {
  locks: z.array(lock).max(20).optional().describe('Held while it runs, e.g. ["db"].'),
  after: z.array(z.string()).max(100).optional().describe('Jobs that must complete first.'),
  gpus: z.int().min(0).optional().describe('GPUs of its own.'),
};
