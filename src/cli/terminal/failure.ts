/** From an error to a sentence on standard error and an exit code: 2 for the caller's mistakes, else 1. */
import { JobError, type JobErrorCode } from '../../core/job-error.ts';
import { cleanTerminalText } from '../../output/terminal/clean-text.ts';
import { wordFor } from './words.ts';
import { isBrokenPipe, printLine, styled, type Terminal } from './terminal.ts';

/** What a shell reports for a program that was ended by SIGPIPE. */
export const BROKEN_PIPE = 141;

const EXIT_CODES = {
  invalid_request: 2,
  unknown_job: 2,
  job_not_running: 1,
  interpreter_unavailable: 1,
  environment_failed: 1,
  unavailable: 1,
  storage: 1,
  internal: 1,
} satisfies Record<JobErrorCode, number>;

export async function reportFailure(error: unknown, terminal: Terminal): Promise<number> {
  if (isBrokenPipe(error)) return BROKEN_PIPE;
  const known = error instanceof JobError;
  const message = known ? error.inWords(wordFor) : String((error as Error).stack ?? error);
  await complain(terminal, message);
  return known ? EXIT_CODES[error.code] : 1;
}

/** What the message quotes may be anybody's words. */
export async function complain({ stderr }: Terminal, message: string): Promise<void> {
  const sentence = cleanTerminalText(message);
  await printLine(stderr, `${styled(stderr, 'red', 'python-mcp:')} ${sentence}`);
}
