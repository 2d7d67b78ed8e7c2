/** Puts the command of a run into a sandbox. */
import { closeSync, existsSync, openSync, unlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { JobError, shown } from '../../core/job-error.ts';
import { JOB_ID_VARIABLE } from '../../os/process-table.ts';
import type { Bubblewrap } from './bubblewrap.ts';
import { profileOf, type SandboxedPlan } from './profile.ts';

export interface Entered {
  argv: string[];
  /** Of the supervisor and bubblewrap: nothing a caller chose has any effect outside. */
  env: Record<string, string>;
  cwd: string;
  /** What bubblewrap reads its arguments from; the caller's to close. */
  profileFd: number;
}

/** The descriptor that has the profile. */
const PROFILE_FD = 3;
const ARGUMENTS = ['--args', String(PROFILE_FD), '--'];

/** @throws JobError unavailable: it never runs without the sandbox instead. */
export function enterSandbox(
  plan: SandboxedPlan,
  runtime: string,
  bubblewrap: Bubblewrap,
): Entered {
  if ('problem' in bubblewrap) throw noSandbox(bubblewrap.problem);
  if (!existsSync(plan.cwd)) throw noFolder(plan.cwd);
  return {
    argv: [bubblewrap.program, ...ARGUMENTS, ...plan.argv],
    env: { PATH: '/usr/bin:/bin', [JOB_ID_VARIABLE]: plan.jobId },
    cwd: '/',
    profileFd: unnamedFile(join(plan.folder.root, 'profile'), profileOf(plan, runtime)),
  };
}

export function noSandbox(problem: string): JobError {
  return new JobError(
    'unavailable',
    `There is no sandbox on this machine: ${problem} Nothing was run without it.`,
  );
}

/** Bubblewrap itself, or its copy that is about to become the command. By its command line. */
export function isBubblewrap(commandLine: string): boolean {
  const words = commandLine.split('\0');
  return (
    words[0]?.endsWith('/bwrap') === true && ARGUMENTS.every((word, n) => words[n + 1] === word)
  );
}

function noFolder(path: string): JobError {
  return new JobError(
    'unavailable',
    `The script could not be started: the working directory ${shown(path)} does not exist any more. Create it, or name another.`,
  );
}

/** Values of variables are in it: it has lost its name before they are. */
function unnamedFile(path: string, words: string[]): number {
  const writer = openSync(path, 'wx', 0o600);
  try {
    const reader = openSync(path, 'r');
    unlinkSync(path);
    writeFileSync(writer, words.map((word) => `${word}\0`).join(''));
    return reader;
  } finally {
    closeSync(writer);
  }
}
