/** From py_cancel_job to its reply, when everything has ended, against a bare signal and wait. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { childEnv } from './child-env.ts';
import { interleaved, type Medians, timed } from './measure.ts';
import { readNew, type Run, SCRIPTS, startJob, withServer } from './run.ts';
import type { Server } from './server.ts';

const SCRIPT = 'sleep.py';

export function cancel(run: Run): Promise<Medians> {
  return withServer(run, (server) =>
    interleaved(
      run.quick ? 7 : 25,
      () => cancelJob(server),
      () => killBare(run.python),
    ),
  );
}

async function cancelJob(server: Server): Promise<number> {
  const id = await startJob(server, SCRIPT);
  while ((await readNew(server, id, 10)).new_stdout === '');
  return timed(() => server.call('py_cancel_job', { job_id: id }));
}

async function killBare(python: string): Promise<number> {
  const child = spawn(python, [SCRIPT], {
    cwd: SCRIPTS,
    env: childEnv(),
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  await once(child.stdout, 'data');
  return timed(async () => {
    child.kill('SIGTERM');
    await once(child, 'exit');
  });
}
