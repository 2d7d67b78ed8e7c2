/** The schemas of the wire, applied to what was typed: one set of limits for every door. */
import type * as z from 'zod';
import { readInput } from '../../contract/read-input.ts';
import { complain } from './failure.ts';
import type { Terminal } from './terminal.ts';

/** What is taken otherwise than it was typed is said. @throws JobError invalid_request */
export async function checked<Schema extends z.ZodObject>(
  schema: Schema,
  typed: Record<string, unknown>,
  terminal: Terminal,
): Promise<z.infer<Schema>> {
  const { input, notes } = readInput(schema, typed);
  for (const note of notes) await complain(terminal, `${note}.`);
  return input;
}
