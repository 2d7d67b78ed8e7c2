/** Real jobs for the tests of this folder: started, watched, and cleaned up after each test. */
import { type ChildProcess, spawn } from 'node:child_process';
import {
  closeSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { inject } from 'vitest';
import { newJobId } from '../../../../src/core/job-id.ts';
import type { ExitRecord } from '../../../../src/executors/executor.ts';
import { readExit, readSupervisor } from '../../../../src/executors/local/supervisor-record.ts';
import type { KillTarget } from '../../../../src/executors/local/job-members.ts';
import type { ProcessIdentity } from '../../../../src/os/process-identity.ts';
import { type Launched, launch, type LaunchPlan } from '../../../../src/executors/local/launch.ts';
import { carriesMark, JOB_ID_VARIABLE, liveProcesses } from '../../../../src/os/process-table.ts';
import { type AskOrder, terminate } from '../../../../src/executors/local/terminate.ts';

const root = resolve(import.meta.dirname, '../../../..');
export const SUPERVISE = join(root, 'runtime/supervise.sh');
export const FIXTURES = join(root, 'tests/fixtures/executors');

/** The interpreter itself, not a shim of a version manager. */
export const PYTHON = inject('python');

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
const bystanders: ChildProcess[] = [];
const folders: string[] = [];

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
  const parent = mkdtempSync(join(tmpdir(), 'pmcp-process-'));
  folders.push(parent);
  const jobDir = join(parent, id);
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
export async function cleanUp(): Promise<void> {
  for (const child of bystanders.splice(0)) child.kill('SIGKILL');
  for (const job of started.splice(0)) {
    const supervisor = readSupervisor(job.dir);
    await endWithin(
      { jobId: job.id, supervisor: supervisor === 'starting' ? null : supervisor },
      0,
    );
  }
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
}

/** Asked by one TERM. */
export function endWithin(target: KillTarget, graceMs: number): Promise<{ survivors: number[] }> {
  const steps: AskOrder['steps'] = [['SIGTERM', 1]];
  return terminate(target, { graceMs, steps });
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

export function scratchFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'pmcp-beats-'));
  folders.push(folder);
  return folder;
}

export function endAfterTest(child: ChildProcess): void {
  bystanders.push(child);
}

/** A process that has nothing to do with any job. */
export function bystander(env: Record<string, string> = {}): ChildProcess {
  const child = spawn('/bin/sleep', ['30'], { detached: true, stdio: 'ignore', env });
  endAfterTest(child);
  return child;
}

export function stateOf(pid: number): string | undefined {
  return readFileSync(`/proc/${pid}/stat`, 'latin1').split(') ').at(-1)?.[0];
}

export async function marked(jobId: string): Promise<number[]> {
  const pids: number[] = [];
  for await (const entry of liveProcesses()) if (carriesMark(entry, jobId)) pids.push(entry.pid);
  return pids;
}

/** Which of them rewrite their file within a quarter of a second, 25 times their pace. */
export async function beating(folder: string, names: string[]): Promise<string[]> {
  const times = () => new Map(names.map((name) => [name, statSync(join(folder, name)).mtimeMs]));
  const before = times();
  await new Promise((resolve) => setTimeout(resolve, 250));
  const after = times();
  return readdirSync(folder).filter(
    (name) => before.has(name) && after.get(name) !== before.get(name),
  );
}
