/**
 * The one error class of the engine. A failing script is never one of these: it is data.
 */
import { called, worded } from './wording.ts';

export type JobErrorCode =
  | 'invalid_request' // a parameter is wrong; nothing was started
  | 'unknown_job'
  | 'job_not_running' // asked of a job that has ended or not begun
  | 'interpreter_unavailable'
  | 'environment_failed' // packages could not be resolved or installed
  | 'unavailable' // a feature this machine cannot give right now
  | 'storage' // home folder or database cannot be used
  | 'internal';

/** One parameter that is wrong. Texts may hold names that are marked with `called`. */
export interface Refusal {
  parameter: string;
  /** What is wrong with it, with the value. */
  problem: string;
  /** What to do next. */
  remedy: string;
}

/** `message` says what was wrong and what to do next, in the words of the wire. */
export class JobError extends Error {
  readonly code: JobErrorCode;
  /** What was wrong with which parameter; empty where it was none. */
  readonly refusals: readonly Refusal[];
  readonly #sentence: string;

  constructor(
    code: JobErrorCode,
    sentence: string,
    { refusals = [], ...options }: ErrorOptions & { refusals?: readonly Refusal[] } = {},
  ) {
    super(worded(sentence), options);
    this.name = 'JobError';
    this.code = code;
    this.refusals = refusals;
    this.#sentence = sentence;
  }

  /** The same with an adapter's own words for the names in it. */
  inWords(word: (name: string) => string): string {
    return worded(this.#sentence, word);
  }
}

/** A refused parameter: names it, shows the value, says the remedy. */
export function invalid(parameter: string, problem: string, remedy: string): JobError {
  return refused([{ parameter, problem, remedy }]);
}

/** Everything that is wrong with one call, at once. */
export function refused(refusals: readonly Refusal[]): JobError {
  const sentences = refusals.map(
    ({ parameter, problem, remedy }) => `${called(parameter)}: ${problem} ${remedy}`,
  );
  return new JobError('invalid_request', sentences.join(' '), { refusals });
}

type Checks = readonly (() => unknown)[];
type Findings<All extends Checks> = { [At in keyof All]: Awaited<ReturnType<All[At]>> };

/**
 * What each check found. All are carried out, so that a caller hears of everything that is wrong at once.
 * @throws JobError invalid_request with all their refusals; the first error that refuses no parameter
 */
export async function checkAll<const All extends Checks>(checks: All): Promise<Findings<All>> {
  const refusals: Refusal[] = [];
  const findings: unknown[] = [];
  for (const check of checks) {
    try {
      findings.push(await check());
    } catch (error) {
      if (!(error instanceof JobError) || error.refusals.length === 0) throw error;
      refusals.push(...error.refusals);
    }
  }
  if (refusals.length > 0) throw refused(refusals);
  return findings as Findings<All>;
}

/** A value as shown in an error message: quoted, one line, short. */
export function shown(value: unknown): string {
  const text = JSON.stringify(value) ?? String(value);
  return text.length > 120 ? `${text.slice(0, 117)}…` : text;
}
