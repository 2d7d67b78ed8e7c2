/** Real jobs for the tests of this folder: started, watched, and cleaned up after each test. */
import { execFileSync } from 'node:child_process';
import { closeSync, mkdirSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { newJobId } from '../../../src/core/job-id.ts';
import { type ExitRecord, readExit, readSupervisor } from '../../../src/process/exit-record.ts';
import type { ProcessIdentity } from '../../../src/process/identity.ts';
import { type Launched, launch, type LaunchPlan } from '../../../src/process/launch.ts';
import { JOB_ID_VARIABLE } from '../../../src/process/process-table.ts';
import { terminate } from '../../../src/process/terminate.ts';

const root = resolve(import.meta.dirname, '../../..');
export const SUPERVISE = join(root, 'runtime/supervise.sh');
export const FIXTURES = join(root, 'tests/fixtures/process');

/** The interpreter itself, not a shim of a version manager. */
export const PYTHON = execFileSync('python3', ['-c', 'import sys; print(sys.executable)'], {
  encoding: 'utf8',
}).trim();

export interface RunningJob {
  id: string;
  dir: string;
  launched: Launched;
  stdout(): string;
  stderr(): string;
  supervisor(): Promise<ProcessIdentity>;
  target(): Promise<{ jobId: string; supervisor: ProcessIdentity }>;
  /** The exit record, after the supervisor has ended. */
  ended(): Promise<ExitRecord | null>;
}

const started: RunningJob[] = [];

export async function startJob(
  argv: string[],
  changes: Partial<LaunchPlan> = {},
): Promise<RunningJob> {
  const plan = newPlan(argv, changes);
  const launched = await launch(plan);
  closeSync(plan.stdoutFd);
  closeSync(plan.stderrFd);
  const job = watch(String(plan.env[JOB_ID_VARIABLE]), plan.jobDir, launched);
  started.push(job);
  return job;
}

export function startPython(code: string, changes: Partial<LaunchPlan> = {}): Promise<RunningJob> {
  return startJob([PYTHON, '-c', code], changes);
}

/** A plan with a new folder and open output files. */
export function newPlan(argv: string[], changes: Partial<LaunchPlan> = {}): LaunchPlan {
  const id = newJobId();
  const jobDir = join(mkdtempSync(join(tmpdir(), 'pmcp-process-')), id);
  mkdirSync(jobDir, { mode: 0o700 });
  return {
    jobDir,
    superviseScript: SUPERVISE,
    argv,
    cwd: tmpdir(),
    stdoutFd: openSync(join(jobDir, 'stdout.log'), 'ax', 0o600),
    stderrFd: openSync(join(jobDir, 'stderr.log'), 'ax', 0o600),
    stdinText: null,
    interactive: false,
    memoryLimitMb: null,
    ...changes,
    env: { PATH: String(process.env['PATH']), ...changes.env, [JOB_ID_VARIABLE]: id },
  };
}

function watch(id: string, dir: string, launched: Launched): RunningJob {
  const supervisor = async () => {
    await waitFor('the identity of the supervisor', () => isIdentity(readSupervisor(dir)));
    return readSupervisor(dir) as ProcessIdentity;
  };
  return {
    id,
    dir,
    launched,
    stdout: () => readFileSync(join(dir, 'stdout.log'), 'utf8'),
    stderr: () => readFileSync(join(dir, 'stderr.log'), 'utf8'),
    supervisor,
    target: async () => ({ jobId: id, supervisor: await supervisor() }),
    ended: async () => {
      await within(20_000, 'the end of the supervisor', launched.ended);
      return readExit(dir);
    },
  };
}

function isIdentity(supervisor: ReturnType<typeof readSupervisor>): boolean {
  return supervisor !== null && supervisor !== 'starting';
}

/** Ends and removes what the test has started. */
export async function removeJobs(): Promise<void> {
  for (const job of started.splice(0)) {
    const supervisor = readSupervisor(job.dir);
    await terminate(
      { jobId: job.id, supervisor: supervisor === 'starting' ? null : supervisor },
      0,
    );
    rmSync(resolve(job.dir, '..'), { recursive: true, force: true });
  }
}

export async function waitFor(
  what: string,
  holds: () => boolean | Promise<boolean>,
  limitMs = 15_000,
): Promise<void> {
  const deadline = performance.now() + limitMs;
  while (!(await holds())) {
    if (performance.now() > deadline) throw new Error(`waited ${limitMs} ms for ${what}`);
    await sleep(5);
  }
}

async function within<T>(limitMs: number, what: string, promise: Promise<T>): Promise<T> {
  const abandoned = new AbortController();
  const late = sleep(limitMs, undefined, { signal: abandoned.signal }).then(() => {
    throw new Error(`waited ${limitMs} ms for ${what}`);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    abandoned.abort();
    await late.catch(() => {});
  }
}
