import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { startServer, type TestServer } from '../support/start-server.ts';
import { waitFor } from '../support/wait-for.ts';

const LINES = 400;

/** Leaves a mark for each time it is run, prints unflushed, and ends with a code of its own. */
function markedRun(number: number): string {
  return `
import sys, time
with open("runs-${number}", "a") as runs:
    runs.write("x")
for line in range(${LINES}):
    print(f"job ${number} line {line}")
time.sleep(0.4)
print("last line")
sys.exit(${number})
`;
}

function outputOf(number: number): string {
  const lines = Array.from({ length: LINES }, (_, line) => `job ${number} line ${line}\n`);
  return `${lines.join('')}last line\n`;
}

function runsOf(server: TestServer, number: number): number {
  const path = join(server.work, `runs-${number}`);
  return existsSync(path) ? readFileSync(path, 'utf8').length : 0;
}

describe('a server killed with -9 after launching jobs', () => {
  // 30 jobs whose client has their id, and as many calls again that were cut off in the middle.
  const kills = [
    { afterMs: 0, jobs: 8 },
    { afterMs: 5, jobs: 8 },
    { afterMs: 50, jobs: 7 },
    { afterMs: 500, jobs: 7 },
  ];

  test.each(kills)('$afterMs ms after $jobs launches loses none', async ({ afterMs, jobs }) => {
    const first = await startServer();
    const accepted = new Map<string, number>();
    const launch = async (number: number) =>
      void accepted.set(await first.start(markedRun(number)), number);
    const numbers = Array.from({ length: jobs }, (_, index) => index + 1);
    await Promise.all(numbers.map(launch));
    const cutOff = numbers.map((number) => number + 100);
    const unanswered = cutOff.map((number) => launch(number).catch(() => {}));
    if (afterMs > 0) await sleep(afterMs); // the moment of the kill is what is tested
    await first.kill('SIGKILL');
    await Promise.all(unanswered);

    const second = await startServer({ on: first });
    expect(accepted.size).toBeGreaterThanOrEqual(jobs);
    for (const [id, number] of accepted) {
      const job = await second.ended(id);
      expect(job.outcome).toEqual({ kind: 'exited', code: number });
      expect(job.result.exit_code).toBe(number);
      expect(second.output(id, 'stdout').toString()).toBe(outputOf(number));
    }
    await noneRuns(second);
    for (const number of accepted.values()) expect(runsOf(second, number)).toBe(1);
    for (const number of cutOff) expect(runsOf(second, number)).toBeLessThanOrEqual(1);
  });
});

async function noneRuns(server: TestServer): Promise<void> {
  const none = async () => {
    const lists = ['running', 'pending'].map((status) =>
      server.call('py_list_jobs', { status_filter: status }),
    );
    return (await Promise.all(lists)).every(({ total }) => total === 0);
  };
  await waitFor(none, 30_000, 'the end of all jobs');
}

describe('a reader whose server is killed between its reads', () => {
  test('goes on exactly where it was', async () => {
    const first = await startServer();
    const id = await first.start(COUNTER, { enable_streaming: true });
    let server = first;
    let read = '';
    for (let kill = 0; kill < 3; kill += 1) {
      read += await readNew(server, id);
      read += await readNew(server, id);
      await server.call('py_list_jobs'); // whatever the client does next
      await server.kill('SIGKILL');
      server = await startServer({ on: first });
    }
    expect(read + (await readRest(server, id))).toBe(server.output(id, 'stdout').toString());
  });

  test('loses nothing when a reply is just being written', async () => {
    const first = await startServer();
    const id = await first.start(COUNTER, { enable_streaming: true });
    let server = first;
    const replies: string[] = [];
    for (let kill = 0; kill < 3; kill += 1) {
      replies.push(await readNew(server, id));
      const cutOff = readNew(server, id).catch(() => null);
      await server.kill('SIGKILL');
      const answered = await cutOff;
      if (answered !== null) replies.push(answered);
      server = await startServer({ on: first });
      // Killed between writing a reply and storing its position: that one is given again.
      const next = await readNew(server, id);
      const again = next.startsWith(replies.at(-1) ?? '');
      replies.splice(again ? -1 : replies.length, 1, next);
    }
    const read = replies.join('') + (await readRest(server, id));
    expect(read).toBe(server.output(id, 'stdout').toString());
  });
});

/** In as many replies as it takes: a slow machine leaves much unread. */
async function readRest(server: TestServer, id: string): Promise<string> {
  await server.call('py_cancel_job', { job_id: id, grace_seconds: 0 });
  let rest = '';
  for (let next = await readNew(server, id); next !== ''; next = await readNew(server, id)) {
    rest += next;
  }
  return rest;
}

/** Every line differs, so that a repeated or missing one shows. */
const COUNTER = `
import itertools, time
for number in itertools.count():
    print(f"line {number}", flush=True)
    time.sleep(0.003)
`;

async function readNew(server: TestServer, id: string): Promise<string> {
  const { job } = await server.call('py_job_status', {
    job_id: id,
    incremental: true,
    wait_seconds: 5,
    until: 'output',
  });
  return String(job.new_stdout);
}

test('a job of a killed server can be cancelled by the next', async () => {
  const first = await startServer();
  const id = await first.start('import time\nprint("up", flush=True)\ntime.sleep(600)');
  await waitFor(() => first.output(id, 'stdout').length > 0, 20_000, 'the first output');
  await first.kill('SIGKILL');
  const second = await startServer({ on: first });
  const reply = await second.call('py_cancel_job', { job_id: id, grace_seconds: 1 });
  expect(reply).toMatchObject({ job_id: id, status: 'cancelled', survivors: [] });
  expect(await second.processes(id)).toEqual([]);
});

test('a job whose supervisor was killed too is lost, and said to be', async () => {
  const server = await startServer();
  const id = await server.start('import time\nprint("up", flush=True)\ntime.sleep(600)');
  await waitFor(() => server.output(id, 'stdout').length > 0, 20_000, 'the first output');
  await server.kill('SIGKILL');
  // All stand still first: a supervisor that outlives its script would record how that ended.
  const processes = await server.processes(id);
  for (const signal of ['SIGSTOP', 'SIGKILL'] as const) {
    for (const pid of processes) process.kill(pid, signal);
  }
  const second = await startServer({ on: server });
  const job = await second.ended(id);
  expect(job).toMatchObject({ status: 'failed', outcome: { kind: 'lost' } });
  expect(job.error).toBe(
    'The run was lost: its supervisor process was killed, so no exit code was recorded.',
  );
  expect(job.result).toMatchObject({ exit_code: null, stdout: 'up\n' });
});

test('a waiting job with values that are never stored is not run without them', async () => {
  const first = await startServer({ env: { PYTHON_MCP_MAX_CONCURRENT_JOBS: '1' } });
  const busy = await first.start('import time\ntime.sleep(600)');
  const id = await first.start('print("ran")', { env_vars: { TOKEN: 'secret' } });
  await first.kill('SIGKILL');
  const second = await startServer({ on: first });
  const job = await second.ended(id);
  expect(job.status).toBe('failed');
  expect(job.error).toBe(
    'The script never started: the server that held its env_vars or stdin ended first, and such ' +
      'values are never stored. Start it again.',
  );
  expect(job.stdout_bytes).toBe(0);
  await second.call('py_cancel_job', { job_id: busy, grace_seconds: 0 });
});
