/** What a job that sleeps costs in processor time, against 0.05 % of a core. */
import { readdirSync, readFileSync } from 'node:fs';
import { type Medians, settle } from './measure.ts';
import { type Run, startJob, withServer } from './run.ts';

const JOBS = 5;
/** 0.05 % of a core. */
const BUDGET = 0.0005;

/** Milliseconds of processor time in the time of the measurement, of one job. */
export function idleJob(run: Run): Promise<Medians> {
  const forMs = run.quick ? 8_000 : 20_000;
  return withServer(run, async (server) => {
    const ids = await Promise.all(Array.from({ length: JOBS }, () => startJob(server, 'sleep.py')));
    await settle(5_000); // a job looks ever more seldom after its start
    const before = cpuMs(ids);
    await settle(forMs);
    const value = (cpuMs(ids) - before) / JOBS;
    await Promise.all(
      ids.map((id) => server.call('py_cancel_job', { job_id: id, grace_seconds: 0 })),
    );
    return { value, baseline: forMs * BUDGET };
  });
}

/** Of all processes that carry the cookie of one of the jobs, to the nanosecond. */
export function cpuMs(ids: string[]): number {
  const cookies = ids.map((id) => `PYTHON_MCP_JOB_ID=${id}\0`);
  let nanoseconds = 0;
  for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    if (!cookies.some((cookie) => textOf(`/proc/${pid}/environ`).includes(cookie))) continue;
    for (const task of readdirSync(`/proc/${pid}/task`)) {
      nanoseconds += Number(textOf(`/proc/${pid}/task/${task}/schedstat`).split(' ')[0]);
    }
  }
  return nanoseconds / 1e6;
}

/** Empty for what has ended meanwhile. */
function textOf(path: string): string {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    return '';
  }
}
