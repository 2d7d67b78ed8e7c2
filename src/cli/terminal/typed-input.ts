/** The schemas of the wire, applied to what was typed: one set of limits for every door. */
import type * as z from 'zod';
import { describeInputIssue } from '../../contract/inputs.ts';
import { JobError } from '../../core/job-error.ts';

/** @throws JobError invalid_request with the first thing that is wrong. */
export function checked<Schema extends z.ZodType>(
  schema: Schema,
  input: Record<string, unknown>,
): z.infer<Schema> {
  const parsed = schema.safeParse(withoutUndefined(input), { error: describeInputIssue });
  if (parsed.success) return parsed.data;
  throw new JobError('invalid_request', parsed.error.issues[0]?.message ?? 'Wrong input.');
}

function withoutUndefined(input: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(input).filter(([, value]) => value !== undefined));
}
