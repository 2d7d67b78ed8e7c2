/**
 * Starts a job: one detached supervisor whose output files are descriptors, so that it needs nobody
 * from then on. Which processes belong to a job is told by its marks, see process-table.ts.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, existsSync, openSync, unlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { invalid, JobError, shown } from '../../core/job-error.ts';
import { currentNamespace } from '../../os/process-identity.ts';
import { JOB_ID_VARIABLE, limitMark } from '../../os/process-table.ts';

export interface LaunchPlan {
  /** Absolute; control files go here. */
  jobDir: string;
  /** Absolute path of runtime/supervise.sh. */
  superviseScript: string;
  /** Absolute path of the interpreter, then its arguments. */
  argv: string[];
  cwd: string;
  /** The complete environment of the script, with JOB_ID_VARIABLE in it. */
  env: Record<string, string>;
  /** Open descriptors of the output files; they stay the caller's to close. */
  stdoutFd: number;
  stderrFd: number;
  /** Standard input up to its end; null = empty. Must be null for an interactive job. */
  stdinText: string | null;
  /** Instead of text: an open descriptor, which stays the caller's to close. */
  stdinFd?: number | null;
  /** Standard input stays open, see job-input.ts. */
  interactive: boolean;
  memoryLimitMb: number | null;
  /** Becomes descriptor 3; the caller's to close. */
  profileFd?: number;
}

export interface Launched {
  /** Of the supervisor. */
  pid: number;
  /** Resolves when the supervisor has ended; tells nothing about how the script ended. */
  ended: Promise<void>;
}

/** @throws JobError `unavailable` when the system cannot start it: nothing has run then. */
export async function launch(plan: LaunchPlan): Promise<Launched> {
  let stdin: number | null = null;
  try {
    stdin = openStdin(plan);
    return await spawned(spawnSupervisor(plan, stdin));
  } catch (cause) {
    throw cause instanceof JobError ? cause : failedToStart(plan, cause);
  } finally {
    if (stdin !== null) closeSync(stdin);
  }
}

function spawnSupervisor(plan: LaunchPlan, stdin: number | null): ChildProcess {
  // Handed over, as is the namespace: to read them would take the shell another process each.
  const umask = process.umask().toString(8).padStart(4, '0');
  const mode = plan.interactive ? 'fifo' : '-';
  const memory = plan.memoryLimitMb === null ? '-' : String(plan.memoryLimitMb * 1024);
  const mark = limitMark(String(plan.env[JOB_ID_VARIABLE]));
  const own = [plan.jobDir, umask, mode, memory, currentNamespace() ?? '', mark ?? '-'];
  return spawn('/bin/sh', [plan.superviseScript, ...own, ...plan.argv], {
    cwd: plan.cwd,
    env: plan.env,
    detached: true,
    stdio: [
      stdin ?? plan.stdinFd ?? 'ignore',
      plan.stdoutFd,
      plan.stderrFd,
      ...(plan.profileFd === undefined ? [] : [plan.profileFd]),
    ],
  });
}

function spawned(child: ChildProcess): Promise<Launched> {
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  child.unref();
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('spawn', () => resolve({ pid: Number(child.pid), ended }));
  });
}

/** A file that has lost its name before the text is in it: nothing of it stays on disk. */
function openStdin(plan: LaunchPlan): number | null {
  if (plan.stdinText === null) return null;
  if (plan.interactive) {
    const remedy = 'Start the job without text and send it as input, or leave out interactive.';
    throw invalid('stdin', 'an interactive job takes no text at its start.', remedy);
  }
  const path = join(plan.jobDir, 'stdin.text');
  const writer = openSync(path, 'wx', 0o600);
  const reader = openSync(path, 'r');
  unlinkSync(path);
  try {
    writeFileSync(writer, plan.stdinText);
    return reader;
  } catch (error) {
    closeSync(reader);
    throw error;
  } finally {
    closeSync(writer);
  }
}

/** The system blames /bin/sh for a working directory that does not exist. */
function failedToStart(plan: LaunchPlan, cause: unknown): JobError {
  const code = (cause as NodeJS.ErrnoException).code ?? String(cause);
  const reason = existsSync(plan.cwd)
    ? `the system refused (${code}).${remedyFor(code)}`
    : `the working directory ${shown(plan.cwd)} does not exist any more. Create it, or name another.`;
  return new JobError('unavailable', `The script could not be started: ${reason}`, { cause });
}

function remedyFor(code: string): string {
  switch (code) {
    case 'E2BIG':
      return ' Arguments and environment are too large together: pass large values as a file or stdin.';
    case 'EAGAIN':
    case 'ENOMEM':
      return ' The machine is out of processes or memory: end other jobs and try again.';
    case 'EMFILE':
    case 'ENFILE':
      return ' Too many files are open: end other jobs and try again.';
    case 'ENOSPC':
      return ' The disk is full: free some space, for instance by pruning jobs.';
    default:
      return '';
  }
}
