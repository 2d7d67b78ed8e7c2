/** Sessions beside ipykernel with jupyter_client, from a cached environment of their newest versions. */
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { childEnv } from '../child-env.ts';
import { median, type Medians, timed } from '../measure.ts';
import { type Run, SCRIPTS, withServer } from '../run.ts';
import type { Server } from '../server.ts';
import { ask, cellTime, end, startAndEnd } from './session.ts';

const PACKAGES = ['ipykernel', 'jupyter_client'];
const LINES = 'for n in range(100_000): print(f"line {n:06} of what a script prints")';

/** Medians, milliseconds. */
type Kernel = Record<'start' | 'cell' | 'lines', number>;

export function startAgainstKernel(run: Run): Promise<Medians | null> {
  return beside(run, 'start', async (server) => {
    const times: number[] = [];
    for (let round = 0; round < 5; round++) times.push(await startAndEnd(server, `s${round}`));
    return median(times);
  });
}

export function cellAgainstKernel(run: Run): Promise<Medians | null> {
  return beside(run, 'cell', (server) => cellTime(server, 100));
}

export function linesAgainstKernel(run: Run): Promise<Medians | null> {
  return beside(run, 'lines', async (server) => {
    await ask(server, 'None');
    const times: number[] = [];
    for (let round = 0; round < 3; round++) times.push(await timed(() => ask(server, LINES)));
    await end(server);
    return median(times);
  });
}

function beside(
  run: Run,
  what: keyof Kernel,
  ours: (server: Server) => Promise<number>,
): Promise<Medians | null> {
  return withServer(run, async (server) => {
    const python = await interpreterWith(server).catch(() => null);
    if (python === null) return null; // no index to install it from
    const value = await ours(server);
    return { value, baseline: (await measureKernel(python, what))[what] };
  });
}

/** The first call installs them; uv keeps them for the next time. */
async function interpreterWith(server: Server): Promise<string> {
  const script_content = 'import sys\nprint(sys.executable)';
  const call = { script_content, dependencies: PACKAGES, directory: SCRIPTS };
  const tool = 'py_run_script_with_dependencies';
  const { stdout, job_id: id } = await server.call<{ stdout?: string; job_id: string }>(tool, call);
  if (stdout !== undefined) return stdout.trim();
  // Installing took longer than a call waits.
  const look = { job_id: id, wait_seconds: 45 };
  const { job } = await server.call<{ job: { result: { stdout: string } } }>('py_job_status', look);
  return job.result.stdout.trim();
}

async function measureKernel(python: string, what: keyof Kernel): Promise<Kernel> {
  const script = join(SCRIPTS, 'kernel.py');
  const { stdout } = await promisify(execFile)(python, [script, what, LINES], { env: childEnv() });
  return JSON.parse(stdout) as Kernel;
}
