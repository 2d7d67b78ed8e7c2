import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { type Reply, startServer, type TestServer } from '../support/start-server.ts';
import { waitFor } from '../support/wait-for.ts';
import { fileServer } from './file-server.ts';

const served = fileServer();

/** A script with a child, a grandchild, and one that left the process group and session. */
const FAMILY = `
import os, subprocess, sys, time
SLEEP = "import time; time.sleep(600)"
subprocess.Popen([sys.executable, "-c", f"import subprocess, sys; subprocess.Popen([sys.executable, '-c', '{SLEEP}']).wait()"])
subprocess.Popen([sys.executable, "-c", SLEEP], start_new_session=True)
print("up", flush=True)
time.sleep(600)
`;
const SLEEPER = 'import time\nprint("up", flush=True)\ntime.sleep(600)';

async function up(server: TestServer, id: string): Promise<void> {
  const isUp = () => server.output(id, 'stdout').includes('up');
  await waitFor(isUp, 20_000, 'the script to be up');
}

/** The supervisor and the interpreter are processes of the job too. */
async function atLeast(server: TestServer, id: string, count: number): Promise<void> {
  const reached = async () => (await server.processes(id)).length >= count;
  await waitFor(reached, 20_000, `${count} processes`);
}

describe('cancelling', () => {
  test('ends the script, its children, grandchildren, and who left the group', async () => {
    const server = served();
    const id = await server.start(FAMILY);
    await up(server, id);
    await atLeast(server, id, 5);
    const reply = await server.call('py_cancel_job', { job_id: id, grace_seconds: 2 });
    expect(reply).toEqual({
      job_id: id,
      status: 'cancelled',
      message: 'The job and its processes were ended.',
      survivors: [],
    });
    expect(await server.processes(id)).toEqual([]);
    const { job } = await server.call('py_job_status', { job_id: id });
    expect(job).toMatchObject({
      status: 'cancelled',
      phase: 'ended',
      outcome: { kind: 'cancelled' },
      error: 'The job was cancelled.',
      result: { status: 'cancelled', stdout: 'up\n' },
    });
  });

  test('gives a TERM handler its chance behind an ignored interrupt, and its exit code does not hide the cancel', async () => {
    const server = served();
    const id = await server.start(HANDLES_TERM);
    await up(server, id);
    expect(await server.call('py_cancel_job', { job_id: id })).toMatchObject({
      status: 'cancelled',
    });
    expect(readFileSync(join(server.work, 'cleaned'), 'utf8')).toBe('tidy');
    const { job } = await server.call('py_job_status', { job_id: id });
    expect(job).toMatchObject({ status: 'cancelled', result: { exit_code: 7 } });
    expect(job.result.stdout).toBe('up\ncleaning\n');
  });

  test('kills a script that ignores TERM when the grace is over', async () => {
    const server = served();
    const id = await server.start(`import signal\nsignal.signal(15, signal.SIG_IGN)\n${SLEEPER}`);
    await up(server, id);
    const reply = await server.call('py_cancel_job', { job_id: id, grace_seconds: 0.2 });
    expect(reply).toMatchObject({ status: 'cancelled', survivors: [] });
  });

  test('twice is the same as once, and an ended job stays what it was', async () => {
    const server = served();
    const id = await server.start(SLEEPER);
    await up(server, id);
    const cancel = () => server.call('py_cancel_job', { job_id: id });
    const both = await Promise.all([cancel(), cancel()]);
    expect(both.map(({ status }) => status)).toEqual(['cancelled', 'cancelled']);
    const again = { status: 'cancelled', message: 'The job had already ended.', survivors: [] };
    expect(await cancel()).toEqual({ job_id: id, ...again });

    const done = await server.start('print(1)');
    await server.ended(done);
    const reply = await server.call('py_cancel_job', { job_id: done });
    expect(reply).toEqual({ ...again, job_id: done, status: 'completed' });
  });

  test('a job that still waits for a place means that it never runs', async () => {
    const server = await startServer({ env: { PYTHON_MCP_MAX_CONCURRENT_JOBS: '1' } });
    const busy = await server.start(SLEEPER);
    const id = await server.start('open("ran", "w").close()');
    expect((await server.call('py_job_status', { job_id: id })).job).toMatchObject({
      status: 'pending',
      phase: 'queued',
      hint: 'Waiting for a free place (max_concurrent_jobs).',
    });
    expect(await server.call('py_cancel_job', { job_id: id })).toMatchObject({
      status: 'cancelled',
    });
    await server.call('py_cancel_job', { job_id: busy, grace_seconds: 0 });
    await server.ended(busy);
    await server.ended(await server.start('print("next")'));
    expect(existsSync(join(server.work, 'ran'))).toBe(false);
    const { job } = await server.call('py_job_status', { job_id: id });
    expect(job).toMatchObject({ status: 'cancelled', started_at: null, stdout_bytes: 0 });
  });

  test('a job that is just being started ends it, or keeps it from starting', async () => {
    const server = served();
    const ids = await Promise.all(Array.from({ length: 6 }, () => server.start(SLEEPER)));
    const cancel = (id: string) => server.call('py_cancel_job', { job_id: id, grace_seconds: 1 });
    for (const reply of await Promise.all(ids.map(cancel))) {
      expect(reply).toMatchObject({ status: 'cancelled', survivors: [] });
    }
    expect(await server.processes()).toEqual([]);
  });

  test('an unknown job is refused with the newest ids', async () => {
    const server = served();
    const id = await server.start('pass');
    expect(await server.refusal('py_cancel_job', { job_id: 'nope' })).toBe(
      `There is no job "nope". The newest jobs are ${id}.`,
    );
    await server.ended(id);
  });
});

const HANDLES_TERM = `
import signal, sys, time
def clean(*_):
    print("cleaning")
    with open("cleaned", "w") as file:
        file.write("tidy")
    sys.exit(7)
signal.signal(signal.SIGINT, signal.SIG_IGN)
signal.signal(signal.SIGTERM, clean)
print("up", flush=True)
time.sleep(600)
`;

const TICK_SECONDS = 0.01;

describe('a call that its client gives up', () => {
  test('ends a synchronous run', async () => {
    const server = await startServer({ era: 'modern' });
    await giveUp(server, 'py_run_script_in_dir', {
      directory: server.work,
      script_content: SLEEPER,
    });
    const [id = ''] = server.jobIds();
    expect((await server.ended(id)).status).toBe('cancelled');
    expect(await server.processes(id)).toEqual([]);
  });

  test('does not end a background job that it only waited for', async () => {
    const server = served();
    const id = await server.start(SLEEPER);
    await up(server, id);
    await server.call('py_job_status', { job_id: id, incremental: true });
    await giveUp(server, 'py_job_status', { job_id: id, incremental: true, wait_seconds: 40 });
    await server.call('py_list_jobs');
    expect((await server.call('py_job_status', { job_id: id })).job.status).toBe('running');
  });

  async function giveUp(server: TestServer, tool: string, args: object): Promise<void> {
    const abort = new AbortController();
    const call = server.call(tool, args, { signal: abort.signal });
    call.catch(() => {});
    const [id] = await waitFor(
      () => server.jobIds().length > 0 && server.jobIds(),
      10_000,
      'the job',
    );
    await up(server, String(id));
    abort.abort();
    await expect(call).rejects.toThrow();
  }
});

describe('a time limit', () => {
  test('ends the run with the outcome timed_out', async () => {
    const server = served();
    const result = await server.call('py_run_script_in_dir', {
      directory: server.work,
      script_content: FAMILY,
      timeout_seconds: 1,
    });
    expect(result).toMatchObject({ status: 'failed', stdout: 'up\n' });
    expect(result.error).toBe(
      'The script was ended after its time limit of 1 s (timeout_seconds).',
    );
    const { job } = await server.call('py_job_status', { job_id: result.job_id });
    expect(job.outcome).toEqual({ kind: 'timed_out', limit_seconds: 1 });
    // The end is the time of a file, whose clock goes in ticks of the kernel.
    expect(job.elapsed_seconds).toBeGreaterThanOrEqual(1 - TICK_SECONDS);
  });

  test('holds when the server is gone', async () => {
    const server = await startServer();
    const id = await server.start(SLEEPER, { timeout_seconds: 1 });
    await up(server, id);
    await server.kill('SIGKILL');
    const gone = async () => (await server.processes(id)).length === 0;
    await waitFor(gone, 20_000, 'the script to end by itself');
    const next = await startServer({ on: server });
    const job = await next.ended(id);
    expect(job.outcome).toEqual({ kind: 'timed_out', limit_seconds: 1 });
    expect(job.status).toBe('failed');
  });

  test('a run that ends in time is not touched by it', async () => {
    const server = served();
    const result = await server.call('py_run_script_in_dir', {
      directory: server.work,
      script_content: 'print("in time")',
      timeout_seconds: 30,
    });
    expect(result).toMatchObject({ status: 'completed', stdout: 'in time\n' });
  });
});

const LEAVES = `import subprocess, sys, time
code = "import time; time.sleep(600)"
subprocess.Popen([sys.executable, "-c", code], start_new_session=True)
print("up", flush=True)`;
const NOTE = '1 process that the script had left running was ended';

describe('what an ended job leaves behind', () => {
  test('is ended too, and the first reply that tells the end says so', async () => {
    const server = served();
    for (let round = 0; round < 5; round += 1) {
      const id = await server.start(LEAVES);
      const job = await firstEnd(server, id);
      expect([job.status, job.result.notes?.join()]).toEqual([
        'completed',
        expect.stringContaining(NOTE),
      ]);
      const swept = async () => (await server.processes(id)).length === 0;
      await waitFor(swept, 20_000, 'the sweep');
    }
  });

  test('is told by another server as well, and among many younger processes', async () => {
    const server = await startServer();
    const other = await startServer({ on: server });
    const sleepers =
      'import subprocess, time\nfor _ in range(250): subprocess.Popen(["sleep", "600"])';
    const crowd = await server.start(LEAVES + '\ninput()', { interactive: true });
    await up(server, crowd);
    const young = await server.start(`${sleepers}\nprint("up", flush=True)\ntime.sleep(600)`);
    await up(server, young);
    await server.call('py_send_input', { job_id: crowd, text: '\n', wait_seconds: 0 });
    const job = await firstEnd(other, crowd);
    expect(job.result.notes?.join()).toContain(NOTE);
  });

  /** As close behind the end as a client can ask. */
  async function firstEnd(server: TestServer, id: string): Promise<Reply> {
    const look = async () => {
      const { job } = await server.call('py_job_status', { job_id: id });
      return job.phase === 'ended' && job;
    };
    return waitFor(look, 30_000, 'the end');
  }
});
