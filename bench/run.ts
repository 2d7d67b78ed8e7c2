/** What every benchmark is given, and the small things they share. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, mkdtempSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { childEnv } from './child-env.ts';
import type { Medians } from './measure.ts';
import { type Server, startServer } from './server.ts';

export interface Run {
  /** Fewer rounds: good enough to see a large change. */
  quick: boolean;
  /** `sys.executable` of the interpreter that the server chooses. */
  python: string;
  /** A folder for homes and output files; removed at the end. */
  folder: string;
}

export interface Benchmark {
  name: string;
  measured: string;
  against: string;
  /** The ratio may be at most this. */
  limit: number;
  /** Null: it cannot be measured on this machine. */
  run: (run: Run) => Promise<Medians | null>;
}

export const SCRIPTS = fileURLToPath(new URL('scripts', import.meta.url));

export function newHome(run: Run): string {
  return mkdtempSync(join(run.folder, 'home-'));
}

/** Gives a server on a home of its own to `work`, and ends it afterwards. */
export async function withServer<T>(run: Run, work: (server: Server) => Promise<T>): Promise<T> {
  const server = await startServer(newHome(run));
  try {
    return await work(server);
  } finally {
    await server.stop();
  }
}

/** Starts a script of bench/scripts in the background. */
export async function startJob(server: Server, script: string, more: object = {}): Promise<string> {
  const { job_id: id } = await server.call<{ job_id: string }>('py_run_script_in_dir', {
    directory: SCRIPTS,
    script_path: script,
    async_mode: true,
    ...more,
  });
  return id;
}

export interface Job {
  status: string;
  started_at: string | null;
  completed_at: string | null;
  new_stdout: string;
  stdout_bytes: number;
  more?: boolean;
}

export async function readNew(
  server: Server,
  jobId: string,
  waitSeconds = 0,
  more: object = {},
): Promise<Job> {
  const args = { job_id: jobId, incremental: true, wait_seconds: waitSeconds, until: 'output' };
  return (await server.call<{ job: Job }>('py_job_status', { ...args, ...more })).job;
}

/** Runs a command to its end, with its output in files as a job's is. */
export async function runBare(run: Run, command: string, args: string[]): Promise<void> {
  const output = openSync(join(run.folder, 'bare.out'), 'w');
  const errors = openSync(join(run.folder, 'bare.err'), 'w');
  const child = spawn(command, args, {
    cwd: SCRIPTS,
    env: childEnv(),
    stdio: ['ignore', output, errors],
  });
  closeSync(output);
  closeSync(errors);
  await once(child, 'exit');
}
