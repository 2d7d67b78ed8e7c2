/**
 * From what a caller gave to what a schema promises, for every door: taken as it is meant, checked,
 * and refused with all that is wrong at once.
 */
import type * as z from 'zod';
import { JobError, shown } from '../core/job-error.ts';
import { called } from '../core/wording.ts';
import { describeInputIssue } from './inputs.ts';
import { type Lenient, lenientInput } from './lenient-input.ts';

export interface Read<Schema extends z.ZodType> {
  input: z.infer<Schema>;
  /** What was ignored, or taken as something else: for the reply. */
  notes: string[];
}

/** @throws JobError invalid_request with a sentence for each thing that is wrong */
export function readInput<Schema extends z.ZodObject>(
  schema: Schema,
  given: unknown,
): Read<Schema> {
  refuseNoObject(given);
  const lenient = lenientInput(schema, given);
  const parsed = schema.safeParse(lenient.input, { error: describeInputIssue });
  const problems = [
    ...misspellings(lenient),
    ...unmetDemands(lenient),
    ...problemsIn(parsed.error?.issues ?? [], lenient),
  ];
  if (parsed.data === undefined || problems.length > 0) throw refusal(problems);
  return { input: parsed.data, notes: lenient.notes };
}

function refuseNoObject(given: unknown): void {
  const isList = Array.isArray(given) && given.length > 0;
  const isWord = typeof given === 'string' && !/^\s*(?:\{|$)/.test(given);
  const isOther = typeof given === 'number' || typeof given === 'boolean';
  if (isList || isWord || isOther) {
    throw refusal([`arguments: ${shown(given)} is not valid. Pass an object.`]);
  }
}

function refusal(sentences: string[]): JobError {
  return new JobError('invalid_request', sentences.join(' '));
}

function misspellings({ misspelt }: Lenient): string[] {
  return misspelt.map(
    ({ name, meant }) => `unknown parameter ${name}: did you mean ${called(meant)}?`,
  );
}

function unmetDemands({ unmet }: Lenient): string[] {
  return unmet.map(
    ({ name, value }) =>
      `${called(name)}: ${shown(value)} is not available on this server. Leave ${name} out to run with your rights on this machine.`,
  );
}

/** One sentence per parameter: the last is the limit of ours, not the type's. */
function problemsIn(issues: z.core.$ZodIssue[], { input, misspelt }: Lenient): string[] {
  const said = new Map(issues.map((issue) => [issue.path.join('.'), sentenceOf(issue)]));
  for (const { meant } of misspelt) if (!(meant in input)) said.delete(meant);
  return [...said.values()];
}

/** Messages that stand in a schema do not name what they are about. */
function sentenceOf({ path, message }: z.core.$ZodIssue): string {
  const name = path.join('.');
  return name === '' || message.includes(name) ? message : `${called(name)}: ${message}.`;
}
