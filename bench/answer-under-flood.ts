/** How long another call takes while a job prints 50 MB: the 95th percentile, against a budget. */
import { type Medians, median, percentile, settle, timed } from './measure.ts';
import { type Run, startJob, withServer } from './run.ts';
import type { Server } from './server.ts';

const BUDGET_MS = 100;

export function answerUnderFlood(run: Run): Promise<Medians> {
  return withServer(run, async (server) => {
    const percentiles: number[] = [];
    for (let round = 0; round < (run.quick ? 2 : 5); round++) {
      percentiles.push(percentile(await timesWhileFlooding(server), 95));
    }
    return { value: median(percentiles), baseline: BUDGET_MS };
  });
}

async function timesWhileFlooding(server: Server): Promise<number[]> {
  const id = await startJob(server, 'flood.py');
  const flood = new AbortController();
  // A reader that waits is woken by every write: the harder case.
  const ended = server.call('py_job_output', { job_id: id, until: 'exit', wait_seconds: 45 });
  void ended.finally(() => flood.abort());
  const times: number[] = [];
  while (!flood.signal.aborted) {
    times.push(await timed(() => server.call('py_list_jobs')));
    await settle(5);
  }
  return times;
}
