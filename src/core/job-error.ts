/**
 * The one error class of the engine. A failing script is never one of these: it is data.
 */

export type JobErrorCode =
  | 'invalid_request' // a parameter is wrong; nothing was started
  | 'unknown_job'
  | 'job_not_running' // asked of a job that has ended or not begun
  | 'interpreter_unavailable'
  | 'environment_failed' // packages could not be resolved or installed
  | 'unavailable' // a feature this machine cannot give right now
  | 'storage' // home folder or database cannot be used
  | 'internal';

/** `message` says what was wrong and what to do next, in one or two sentences. */
export class JobError extends Error {
  readonly code: JobErrorCode;

  constructor(code: JobErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'JobError';
    this.code = code;
  }
}

/** A refused parameter: names it, shows the value, says the remedy. */
export function invalid(parameter: string, problem: string, remedy: string): JobError {
  return new JobError('invalid_request', `${parameter}: ${problem} ${remedy}`);
}

/** A value as shown in an error message: quoted, one line, short. */
export function shown(value: unknown): string {
  const text = JSON.stringify(value) ?? String(value);
  return text.length > 120 ? `${text.slice(0, 117)}…` : text;
}
