/**
 * Patterns that callers send. The engine is RE2's: linear time, whatever the pattern. It runs on
 * bytes, so that what it finds are offsets, also where the output is no text.
 */
import { RE2JS } from 're2js';
import { invalid, shown } from '../../core/job-error.ts';

export type Pattern = RE2JS;

/** Linear in the text, but also in the pattern: `(x{500}){2}` is a thousand steps for each byte. */
const LONGEST_PATTERN = 1_000;
const LARGEST_PROGRAM = 2_000;

/** @throws JobError invalid_request that names `parameter`. */
export function compilePattern(pattern: string, parameter: string): Pattern {
  const compiled = pattern.length > LONGEST_PATTERN ? null : compile(pattern, parameter);
  if (compiled && compiled.programSize() <= LARGEST_PROGRAM) return compiled;
  throw invalid(
    parameter,
    `${shown(pattern)} is too large a pattern.`,
    'Use a shorter one, with smaller repetition counts.',
  );
}

function compile(pattern: string, parameter: string): Pattern {
  try {
    return RE2JS.compile(pattern, RE2JS.MULTILINE);
  } catch (error) {
    throw invalid(
      parameter,
      `${shown(pattern)} is not a pattern: ${inItsWords(error as Error)}.`,
      'Pass an RE2 regular expression (no look-around, no back-references).',
    );
  }
}

/** Without the flag that we put in front of every pattern. */
function inItsWords({ message }: Error): string {
  return message.replace('`(?m)', '`');
}
