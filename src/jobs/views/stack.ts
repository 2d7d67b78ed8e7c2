/** Where the Python code of a running job is, as text. */
import { JobError } from '../../core/job-error.ts';
import type { Job } from '../../core/job.ts';
import { executorOf } from '../../executors/executor-of.ts';
import { cleanTerminalText } from '../../output/terminal/clean-text.ts';
import { type Engine, placedOf } from '../context/job-context.ts';

const LONGEST = 16_000;
/** Threads that run no Python code, our own among them. */
const EMPTY_THREAD =
  /^\S.* \(most recent call first\):\n(?: *<no Python frame>\n)?\n*(?=\S|$(?!\n))/gmu;

/** @throws JobError job_not_running, unavailable */
export async function stackOf(engine: Engine, job: Job): Promise<string> {
  if (job.state.name !== 'running') {
    throw new JobError('job_not_running', `Job ${job.id} is not running, so it has no stack.`);
  }
  const executor = executorOf(engine.executors, job.request);
  const told = await executor.stacks(placedOf(engine, job));
  if (told.length === 0) throw new JobError('unavailable', NOBODY_ASKED);
  const parts = told.map(({ pid, text }) => {
    const own = withoutOurs(cleanTerminalText(text), engine.runtimeDirectory);
    return told.length === 1 ? own : `process ${pid}\n${own}`;
  });
  const whole = parts.join('\n').trimEnd();
  return whole.length > LONGEST ? `${whole.slice(0, LONGEST).toWellFormed()}\n…` : whole;
}

/** The frames of the runtime say nothing about the script. */
function withoutOurs(text: string, runtimeDirectory: string): string {
  const lines = text.split('\n').filter((line) => !line.startsWith(`  File "${runtimeDirectory}/`));
  const own = lines.join('\n').replace(EMPTY_THREAD, '');
  return own.trim() === '' ? 'No Python code of the job runs right now.\n' : own;
}

const NOBODY_ASKED =
  'None of its processes can tell its stack: only Python that runs with the job runtime can, on Linux.';
