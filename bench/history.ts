/** What a call costs in a home with 100,000 jobs, against one with 100; and a tick with a long queue. */
import { addQueue, homeWithHistory, KEEP_ALL, newHomeWithHistory } from './history-home.ts';
import { interleaved, type Medians, median, settle, timed } from './measure.ts';
import { costDuring, restingCost } from './process-cost.ts';
import { readNew, type Run, SCRIPTS, startJob } from './run.ts';
import { type Server, startServer } from './server.ts';

const FEW = 100;
const MANY = 100_000;
const QUEUE = 10_000;
const TICK_BUDGET_MS = 2;
const POLL_BUDGET_MS = 1;
const DRY_RUN_BUDGET_MS = 1_000;
const ALL = { keep_completed: false, keep_failed: false, keep_cancelled: false };

/** Processor time of the server for a run of a script that does nothing. */
export function runHistory(run: Run): Promise<Medians> {
  return withFewAndMany(run, 40, async (server) => {
    const args = { directory: SCRIPTS, script_path: 'nothing.py' };
    const { cpuMs } = await costDuring(server.pid, async () => {
      await server.call('py_run_script_in_dir', args);
      await settle(300); // what is done after the reply belongs to the run
    });
    return cpuMs;
  });
}

export function pruneHistory(run: Run): Promise<Medians> {
  const prune = { ...ALL, max_age_hours: 10_000 };
  return withFewAndMany(run, 200, (server) => timed(() => server.call('py_prune_jobs', prune)));
}

/** Processor time of the server a second, in which it looks after its home once. */
export async function tickQueue(run: Run): Promise<Medians> {
  const home = await newHomeWithHistory(run, FEW);
  addQueue(home, QUEUE);
  const server = await startServer(home, KEEP_ALL);
  try {
    await settle(8_000);
    const { cpuMs } = await restingCost(server.pid, run.quick ? 18 : 54);
    return { value: cpuMs, baseline: TICK_BUDGET_MS };
  } finally {
    await server.stop();
  }
}

/** Processor time of the server for a look at a running job that prints nothing. */
export async function pollCpu(run: Run): Promise<Medians> {
  const server = await startServer(await homeWithHistory(run, FEW), KEEP_ALL);
  try {
    const id = await startJob(server, 'sleep.py', { args: ['600'] });
    const polls = run.quick ? 200 : 1_000;
    const rounds: number[] = [];
    for (let round = 0; round < 5; round += 1) {
      const { cpuMs } = await costDuring(server.pid, async () => {
        for (let poll = 0; poll < polls; poll += 1) await readNew(server, id);
      });
      rounds.push(cpuMs / polls);
    }
    await server.call('py_cancel_job', { job_id: id, grace_seconds: 0 });
    return { value: median(rounds.slice(1)), baseline: POLL_BUDGET_MS };
  } finally {
    await server.stop();
  }
}

export async function dryRun(run: Run): Promise<Medians> {
  const server = await startServer(await homeWithHistory(run, QUEUE), KEEP_ALL);
  try {
    const request = { ...ALL, max_age_hours: 0, dry_run: true };
    const times: number[] = [];
    for (let round = 0; round < 5; round += 1) {
      times.push(await timed(() => server.call('py_prune_jobs', request)));
    }
    return { value: median(times), baseline: DRY_RUN_BUDGET_MS };
  } finally {
    await server.stop();
  }
}

async function withFewAndMany(
  run: Run,
  rounds: number,
  cost: (server: Server) => Promise<number>,
): Promise<Medians> {
  const few = await startServer(await homeWithHistory(run, FEW), KEEP_ALL);
  const many = await startServer(await homeWithHistory(run, MANY), KEEP_ALL);
  try {
    const times = run.quick ? Math.ceil(rounds / 4) : rounds;
    return await interleaved(
      times,
      () => cost(many),
      () => cost(few),
    );
  } finally {
    await few.stop();
    await many.stop();
  }
}
