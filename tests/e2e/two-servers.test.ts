/**
 * Two servers on one home. With PYTHON_MCP_HEAVY=1 (npm run test:heavy) a hundred jobs of each compete
 * for places, else thirty.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { HEAVY } from '../support/heavy.ts';
import { type Reply, startServer, type TestServer } from '../support/start-server.ts';
import { waitFor } from '../support/wait-for.ts';

const JOBS_EACH = HEAVY ? 100 : 30;
const LIMIT = 6;

/** As short as a run of Python can be; marks that it ran, and when. */
function quickRun(name: string): string {
  return `
import os, time
began = time.time()
descriptor = os.open("runs-${name}", os.O_WRONLY | os.O_CREAT | os.O_APPEND)
os.write(descriptor, b"x")
print("${name}")
time.sleep(0.05)
os.write(os.open("times", os.O_WRONLY | os.O_CREAT | os.O_APPEND), f"{began} {time.time()}\\n".encode())
`;
}

test(`${2 * JOBS_EACH} jobs from two servers on one home: each runs once, both see all`, async () => {
  const env = { PYTHON_MCP_MAX_CONCURRENT_JOBS: String(LIMIT) };
  const a = await startServer({ env });
  const b = await startServer({ env, on: a });
  const numbers = Array.from({ length: JOBS_EACH }, (_, number) => number);
  const started = new Map<string, string>();
  const launch = async (server: TestServer, name: string) =>
    void started.set(await server.start(quickRun(name)), name);
  await Promise.all(numbers.flatMap((n) => [launch(a, `a${n}`), launch(b, `b${n}`)]));
  expect(started.size).toBe(2 * JOBS_EACH);

  const mostAtOnce = await activeUntilDone(a, 60_000);
  expect(mostAtOnce).toBeGreaterThan(1);
  expect(mostAtOnce).toBeLessThanOrEqual(LIMIT);
  expect(overlapOf(readFileSync(join(a.work, 'times'), 'utf8'))).toBeLessThanOrEqual(LIMIT);

  for (const server of [a, b]) {
    const { jobs, total } = await server.call('py_list_jobs', { limit: 500 });
    expect(total).toBe(2 * JOBS_EACH);
    expect(new Set(jobs.map(({ id }: Reply) => id))).toEqual(new Set(started.keys()));
    expect(new Set(jobs.map(({ status }: Reply) => status))).toEqual(new Set(['completed']));
  }
  for (const [id, name] of started) {
    expect(readFileSync(join(a.work, `runs-${name}`), 'utf8')).toBe('x');
    expect(a.output(id, 'stdout').toString()).toBe(`${name}\n`);
  }
});

/** Samples the number of running jobs until none is left; returns the highest. */
async function activeUntilDone(server: TestServer, limitMs: number): Promise<number> {
  let most = 0;
  const totalOf = async (status: string) =>
    Number((await server.call('py_list_jobs', { status_filter: status, limit: 1 })).total);
  const done = async () => {
    const running = await totalOf('running');
    most = Math.max(most, running);
    return running === 0 && (await totalOf('pending')) === 0;
  };
  await waitFor(done, limitMs, 'the end of all jobs');
  return most;
}

/** The most intervals, one "begin end" per line, that share a moment. */
function overlapOf(lines: string): number {
  const intervals = lines
    .trim()
    .split('\n')
    .map((line) => line.split(' ').map(Number));
  const counts = intervals.map(
    ([began = 0]) => intervals.filter(([from = 0, to = 0]) => from <= began && began < to).length,
  );
  return Math.max(...counts);
}

test('a single job of one server overtakes the long queue of another', async () => {
  const env = { PYTHON_MCP_MAX_CONCURRENT_JOBS: '2' };
  const busy = await startServer({ env });
  const other = await startServer({ env, on: busy });
  const holders = [await busy.start(untilGate(1)), await busy.start(untilGate(2))];
  const queue = await Promise.all(Array.from({ length: 6 }, () => busy.start('pass')));
  const single = await other.start('pass');
  const { jobs } = await busy.call('py_list_jobs', { status_filter: 'pending' });
  expect(jobs.map(({ id }: Reply) => id)).toEqual([single, ...queue].sort().toReversed());

  writeFileSync(join(busy.work, 'gate1'), '');
  const first = await other.ended(single);
  const views = await Promise.all(queue.map((id) => busy.ended(id)));
  for (const { started_at: at } of views) expect(at >= first.started_at).toBe(true);
  writeFileSync(join(busy.work, 'gate2'), '');
  await Promise.all(holders.map((id) => busy.ended(id)));
});

function untilGate(number: number): string {
  return `import os, time\nwhile not os.path.exists("gate${number}"): time.sleep(0.01)`;
}

test('each server reads, cancels and prunes the jobs of the other', async () => {
  const a = await startServer();
  const b = await startServer({ on: a });
  const id = await a.start('import time\nprint("from a", flush=True)\ntime.sleep(600)');
  const { job } = await b.call('py_job_status', { job_id: id, incremental: true });
  expect(job).toMatchObject({ status: 'running' });
  const text = async () => (await b.text('py_job_output', { job_id: id })).includes('from a');
  await waitFor(text, 20_000, 'the output');
  expect(await b.call('py_cancel_job', { job_id: id })).toMatchObject({ status: 'cancelled' });
  expect((await a.call('py_job_status', { job_id: id })).job.status).toBe('cancelled');
  const pruned = await b.call('py_prune_jobs', { keep_cancelled: false, max_age_hours: 0 });
  expect(pruned).toMatchObject({ removed: 1, remaining: 0 });
  expect(await a.refusal('py_job_status', { job_id: id })).toContain('There is no job');
});

test('a synchronous call returns although the other server notices the end first', async () => {
  // Never would a call return because its time is over.
  const a = await startServer({ env: { SMART_ASYNC_TIMEOUT_SECONDS: '3000' } });
  const b = await startServer({ on: a });
  let stop = false;
  const poll = async () => {
    while (!stop) await b.call('py_list_jobs');
  };
  const polling = Promise.all([poll(), poll()]);
  for (let run = 0; run < 10; run += 1) {
    const script = { directory: a.work, script_content: `print(${run})` };
    const result = await a.call('py_run_script_in_dir', script);
    expect(result).toMatchObject({ status: 'completed', stdout: `${run}\n` });
  }
  stop = true;
  await polling;
});
