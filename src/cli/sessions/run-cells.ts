/** `python-mcp session`: cells in a session that remembers, from a prompt, an option, a file or a pipe. */
import { text } from 'node:stream/consumers';
import { SessionRunSchema } from '../../contract/inputs.ts';
import type { SessionRunInput } from '../../contract/inputs.ts';
import type { JobService } from '../../jobs/job-service.ts';
import { catchInterrupts } from '../terminal/interrupt.ts';
import { checked } from '../terminal/typed-input.ts';
import type { Terminal } from '../terminal/terminal.ts';
import { cellsOfCode, cellsOfFile } from './cells-of-file.ts';
import { followCell, showEnd } from './follow-cell.ts';
import { ORIGIN } from './origin.ts';
import { talk } from './prompt.ts';

export interface SessionOptions {
  code?: string;
  file?: string;
  restart?: boolean;
  dir?: string;
  with?: string[];
  python?: string;
  timeout?: number;
}

/** @returns the exit code: that of the first cell which failed. */
export async function session(
  jobs: JobService,
  name: string,
  options: SessionOptions,
  home: string,
  terminal: Terminal,
): Promise<number> {
  const input = await inputOf(name, options, terminal);
  const { code, file } = options;
  if (code !== undefined) return runAll(jobs, input, [code], terminal);
  if (file !== undefined) return runAll(jobs, input, cellsOfFile(file), terminal);
  if (terminal.stdin.isTTY) return talk(jobs, input, home, terminal);
  return runAll(jobs, input, cellsOfCode(await text(terminal.stdin)), terminal);
}

async function inputOf(
  name: string,
  { restart, dir, with: dependencies, python, timeout }: SessionOptions,
  terminal: Terminal,
): Promise<SessionRunInput> {
  const typed = {
    session: name,
    restart,
    directory: dir,
    dependencies,
    python_version: python,
    timeout_seconds: timeout,
  };
  const given = Object.entries(typed).filter(([, value]) => value !== undefined);
  return checked(SessionRunSchema, Object.fromEntries(given), terminal);
}

/** One after the other; the first that fails is the last. */
async function runAll(
  jobs: JobService,
  input: SessionRunInput,
  cells: readonly string[],
  terminal: Terminal,
): Promise<number> {
  let more = input;
  for (const code of cells) {
    const exitCode = await runOne(jobs, { ...more, code }, terminal);
    if (exitCode !== 0) return exitCode;
    more = { session: input.session, timeout_seconds: input.timeout_seconds };
  }
  return 0;
}

async function runOne(
  jobs: JobService,
  input: SessionRunInput,
  terminal: Terminal,
): Promise<number> {
  const { job, cell } = await jobs.sessions.accept(input, ORIGIN);
  const interrupts = catchInterrupts();
  const stop = (): void => void jobs.sessions.stop(job.id, cell);
  interrupts.first.addEventListener('abort', stop);
  try {
    const end = await followCell({ jobs, id: job.id, cell, terminal }, async () => null);
    return interrupts.exitCode() ?? (await showEnd(end, terminal));
  } finally {
    interrupts.release();
  }
}
