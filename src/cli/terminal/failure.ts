/** From an error to a sentence on standard error and an exit code: 2 for the caller's mistakes, else 1. */
import { JobError, type JobErrorCode } from '../../core/job-error.ts';
import { cleanTerminalText } from '../../output/terminal/clean-text.ts';
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

/** The wire's names of parameters are not what somebody at a terminal typed. */
const OPTIONS: Record<string, string> = {
  'script_path / script_content': 'SCRIPT',
  script_path: 'SCRIPT',
  script_content: 'the code',
  directory: '--dir',
  job_id: 'ID',
  args: 'arguments',
  env_vars: '--env',
  env_file: '--env-file',
  python_version: '--python',
  timeout_seconds: '--timeout',
  job_label: '--label',
  max_output_bytes: '--max-output-bytes',
  memory_limit_mb: '--memory-limit-mb',
  status_filter: '--status',
  limit: '--limit',
  page: '--page',
  grace_seconds: '--grace',
  cursor: '--cursor',
  script_name: 'NAME',
  source: 'FILE',
  dependencies: '--with',
  requires_python: '--requires-python',
  runs: '--runs',
  warmup: '--warmup',
};

/** Nor are the tools and values that remedies name. */
const WORDS: [wire: RegExp, here: string][] = [
  [/Pass overwrite: true to replace it/, 'Add --overwrite to replace it'],
  [/py_save_script saves one/, '"python-mcp scripts save" saves one'],
  [
    /pass stdin, or interactive=true and answer with py_send_input/,
    'add --interactive, or --stdin with a file',
  ],
  [/not started with interactive=true/, 'not started with --interactive'],
  [/Start it again with interactive=true/, 'Start it again with --interactive'],
  [/with py_prune_jobs/, 'with "python-mcp prune"'],
  [/add the package it comes from to `dependencies`/, 'add --with and the package it comes from'],
];

export async function reportFailure(error: unknown, terminal: Terminal): Promise<number> {
  if (isBrokenPipe(error)) return BROKEN_PIPE;
  const known = error instanceof JobError;
  const message = known ? inOptions(error.message) : String((error as Error).stack ?? error);
  await complain(terminal, message);
  return known ? EXIT_CODES[error.code] : 1;
}

/** What the message quotes may be anybody's words. */
export async function complain({ stderr }: Terminal, message: string): Promise<void> {
  const sentence = cleanTerminalText(message);
  await printLine(stderr, `${styled(stderr, 'red', 'python-mcp:')} ${sentence}`);
}

/** `timeout_seconds: …` becomes `--timeout: …`; `env_vars.A` becomes `--env`. */
function inOptions(message: string): string {
  return inWords(message).replace(
    /^([a-z_]+(?: \/ [a-z_]+)?)(?:\.\w+)?:/,
    (whole, name: string) => {
      const option = OPTIONS[name];
      return option === undefined ? whole : `${option}:`;
    },
  );
}

/** A sentence of the engine as it is to be read at a terminal. */
export function inWords(message: string): string {
  return WORDS.reduce((text, [wire, here]) => text.replace(wire, here), message);
}
