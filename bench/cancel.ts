/** From py_cancel_job to its reply, by which the script and all it started have ended. */
import { type Medians, median, timed } from './measure.ts';
import { readNew, type Run, startJob, withServer } from './run.ts';
import type { Server } from './server.ts';

const BUDGET_MS = 250;

export function cancel(run: Run): Promise<Medians> {
  return withServer(run, async (server) => {
    const times: number[] = [];
    for (let round = 0; round < (run.quick ? 7 : 25); round++) times.push(await cancelJob(server));
    return { value: median(times), baseline: BUDGET_MS };
  });
}

async function cancelJob(server: Server): Promise<number> {
  const id = await startJob(server, 'sleep.py');
  while ((await readNew(server, id, 10)).new_stdout === '');
  return timed(() => server.call('py_cancel_job', { job_id: id }));
}
