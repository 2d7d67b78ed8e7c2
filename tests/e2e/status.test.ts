import { describe, expect, test } from 'vitest';
import { type Reply, startServer, type TestServer } from '../support/start-server.ts';
import { slowBuild } from '../support/slow-build.ts';
import { waitFor } from '../support/wait-for.ts';
import { fileServer } from './file-server.ts';

const served = fileServer();

const PRINTS_THEN_SLEEPS = 'print("one")\nprint("two")\nimport time\ntime.sleep(600)';

async function printed(server: TestServer, id: string, text: string): Promise<void> {
  await waitFor(() => server.output(id, 'stdout').includes(text), 20_000, `the output ${text}`);
}

describe('a full status', () => {
  test('of a running job without streaming says how to see its output', async () => {
    const server = served();
    const id = await server.start(PRINTS_THEN_SLEEPS);
    await printed(server, id, 'two');
    const { job } = await server.call('py_job_status', { job_id: id });
    expect(job).not.toHaveProperty('partial_stdout');
    expect(job).toMatchObject({ status: 'running', phase: 'running', stdout_bytes: 8 });
    expect(job.hint).toBe(
      'Started without enable_streaming: read its output with py_job_output, or pass incremental=true.',
    );
  });

  test('has all fields of the contract', async () => {
    const server = served();
    const id = await server.start(PRINTS_THEN_SLEEPS, {
      enable_streaming: true,
      job_label: 'my job',
    });
    await printed(server, id, 'two');
    const { job } = await server.call('py_job_status', { job_id: id });
    const iso = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
    expect(job).toMatchObject({
      id,
      label: 'my job',
      tool: 'py_run_script_in_dir',
      status: 'running',
      phase: 'running',
      created_at: iso,
      started_at: iso,
      completed_at: null,
      elapsed_seconds: expect.any(Number),
      error: null,
      outcome: null,
      result: null,
      progress: null,
      stdout_bytes: 8,
      stderr_bytes: 0,
      cursor: 'c8-0',
      partial_stdout: 'one\ntwo\n',
      partial_stderr: '',
    });
  });

  test('of an ended job has its output once, in its result', async () => {
    const server = served();
    const id = await server.start('print("out")\nimport sys\nprint("err", file=sys.stderr)');
    const job = await server.ended(id);
    expect(job).toMatchObject({
      phase: 'ended',
      error: null,
      outcome: { kind: 'exited', code: 0 },
      result: { job_id: id, exit_code: 0, stdout: 'out\n', stderr: 'err\n' },
    });
    expect(job).not.toHaveProperty('partial_stdout');
    expect(job).not.toHaveProperty('partial_stderr');
  });

  test('of much output shows its beginning and its end, and does not move the reader', async () => {
    const server = served();
    const id = await server.start('for i in range(20_000): print("line", i)');
    const job = await server.ended(id);
    expect(job.result.truncated).toContain(`py_job_output(job_id="${id}")`);
    expect(job.result.stdout).toMatch(/^line 0\n[^]* bytes left out: [^]*line 19999\n$/);
    expect(job.result.stdout.length).toBeLessThan(16_200);
    const { job: next } = await server.call('py_job_status', { job_id: id, incremental: true });
    expect(next.new_stdout).toMatch(/^line 0\nline 1\n/);
  });
});

describe('an incremental status', () => {
  test('works without streaming, since output is captured always', async () => {
    const server = served();
    const id = await server.start(PRINTS_THEN_SLEEPS);
    await printed(server, id, 'two');
    const { job, incremental } = await server.call('py_job_status', {
      job_id: id,
      incremental: true,
    });
    expect(incremental).toBe(true);
    expect(job).toMatchObject({ new_stdout: 'one\ntwo\n', partial_stdout: '' });
    const again = await server.call('py_job_status', { job_id: id, incremental: true });
    expect(again.job).toMatchObject({ new_stdout: '', partial_stdout: 'one\ntwo\n' });
  });

  test('keeps a position per reader', async () => {
    const server = served();
    const id = await server.start('print("all")');
    await server.ended(id);
    const read = async (reader?: string) => {
      const named = reader === undefined ? {} : { reader };
      const { job } = await server.call('py_job_status', {
        job_id: id,
        incremental: true,
        ...named,
      });
      return job.new_stdout;
    };
    // The poll that saw the end showed everything to the reader without a name.
    expect([await read(), await read('a'), await read('b'), await read('a')]).toEqual([
      '',
      'all\n',
      'all\n',
      '',
    ]);
  });

  test('of more than fits says so beside the true status, and the rest comes once', async () => {
    const server = served();
    const id = await server.start(
      'import sys\nprint("o" * 60_000)\nprint("e" * 60_000, file=sys.stderr)',
    );
    await waitFor(
      () => server.call('py_job_status', { job_id: id }).then(({ job }) => job.phase === 'ended'),
      20_000,
      'the end',
    );
    const replies: Reply[] = [];
    do {
      replies.push((await server.call('py_job_status', { job_id: id, incremental: true })).job);
    } while (replies.at(-1).more);
    expect(replies.length).toBeGreaterThan(2);
    for (const reply of replies.slice(0, -1)) {
      expect(reply).toMatchObject({ status: 'completed', more: true, result: { exit_code: 0 } });
      expect(reply.hint).toContain('ask again');
      expect(reply.unread_bytes).toBeGreaterThan(0);
    }
    expect(replies.at(-1)).toMatchObject({ status: 'completed', result: { exit_code: 0 } });
    expect(replies.map((reply) => reply.new_stdout).join('')).toBe(`${'o'.repeat(60_000)}\n`);
    expect(replies.map((reply) => reply.new_stderr).join('')).toBe(`${'e'.repeat(60_000)}\n`);
  });
});

describe('waiting', () => {
  test('returns with new output long before its time is over', async () => {
    const server = served();
    const id = await server.start(
      'import time, os\nprint("first", flush=True)\nwhile not os.path.exists("go"): time.sleep(0.01)\nprint("second", flush=True)\ntime.sleep(600)',
    );
    const wait = { job_id: id, incremental: true, wait_seconds: 45, until: 'output' };
    const nextOutput = async () => {
      for (;;) {
        const { job } = await server.call('py_job_status', wait);
        if (job.new_stdout) return job.new_stdout;
      }
    };
    expect(await nextOutput()).toBe('first\n');
    const second = nextOutput();
    const over = server.call('py_job_status', { job_id: id, reader: 'other', wait_seconds: 20 });
    await server.call('py_run_script_in_dir', {
      directory: server.work,
      script_content: 'open("go", "w").close()',
    });
    expect(await Promise.race([second, over])).toBe('second\n'); // not when its time is over
  });

  test('returns with nothing new when its time is over', async () => {
    const server = served();
    const id = await server.start('import time\ntime.sleep(600)');
    const running = async () =>
      (await server.call('py_job_status', { job_id: id })).job.phase === 'running';
    await waitFor(running, 20_000, 'the start');
    const began = performance.now();
    const { job } = await server.call('py_job_status', {
      job_id: id,
      incremental: true,
      wait_seconds: 0.3,
    });
    expect(performance.now() - began).toBeGreaterThanOrEqual(290);
    expect(job).toMatchObject({ status: 'running', new_stdout: '', new_stderr: '' });
  });

  test('tells a client with a progress token the newest line, at once', async () => {
    const server = await startServer({ era: 'modern' });
    const id = await server.start(PRINTS_THEN_SLEEPS, { enable_streaming: true });
    await printed(server, id, 'two');
    await server.call('py_job_status', { job_id: id });
    const messages: (string | undefined)[] = [];
    const onprogress = ({ message }: { message?: string | undefined }) =>
      void messages.push(message);
    const wait = { job_id: id, incremental: true, wait_seconds: 1.2 };
    await server.call('py_job_status', wait, { onprogress });
    expect(messages.length).toBeGreaterThanOrEqual(2);
    expect(messages[0]).toBe('two');
  });
});

describe('a run that outlasts the time budget', () => {
  const env = { SMART_ASYNC_TIMEOUT_SECONDS: '1' };
  const OUTLASTS = `
import os, time
print("before")
while not os.path.exists("go"):
    time.sleep(0.01)
print("after")
`;

  test('moves to the background and loses nothing', async () => {
    const server = await startServer({ env });
    const run = { directory: server.work, script_content: OUTLASTS };
    const moved = await server.call('py_run_script_in_dir', run);
    expect(moved).toEqual({
      job_id: expect.any(String),
      status: 'running',
      message: expect.stringMatching(
        /^Still running after 1 s: it goes on in the background\. .*"python-mcp wait [0-9a-z]+"/,
      ),
      partial_stdout: 'before\n',
      partial_stderr: '',
      cursor: 'c7-0',
    });
    const { job_id: id, cursor } = moved;
    const status = await server.call('py_job_status', { job_id: id });
    expect(status.job).toMatchObject({ status: 'running', partial_stdout: 'before\n' });
    expect(status.job).not.toHaveProperty('hint');
    await server.start('open("go", "w").close()');
    expect((await server.ended(id)).result.stdout).toBe('before\nafter\n');
    const rest = await server.text('py_job_output', { job_id: id, cursor, stream: 'stdout' });
    expect(rest.split('\n')[1]).toBe('after');
  });

  test('still moves when it waits for a place', async () => {
    const server = await startServer({ env: { ...env, PYTHON_MCP_MAX_CONCURRENT_JOBS: '1' } });
    await server.start('import time\ntime.sleep(600)');
    const run = { directory: server.work, script_content: 'print(1)' };
    const moved = await server.call('py_run_script_in_dir', run);
    expect(moved.status).toBe('pending');
    expect(moved.message).toMatch(
      /^Still waiting for a free place \(max_concurrent_jobs\) after 1 s/,
    );
  });
});

describe('a run whose packages are being installed', () => {
  test('says so when it moves to the background, and in every status until it starts', async () => {
    const build = slowBuild();
    const env = { ...build.env, SMART_ASYNC_TIMEOUT_SECONDS: '1' };
    const server = await startServer({ env });
    const run = { script_content: 'print("runs")', dependencies: ['alpha-one'] };
    const moved = await server.call('py_run_script_with_dependencies', run);
    expect(moved.message).toMatch(/^Still installing packages after 1 s: /);
    const hint = expect.stringMatching(
      /^Its packages are being installed; the script starts after that: \d+ s so far, working on alpha-one; newest line: /,
    );
    const ask = { job_id: moved.job_id };
    expect((await server.call('py_job_status', ask)).job).toMatchObject({ hint });
    const unread = await server.call('py_job_status', { ...ask, incremental: true });
    expect(unread.job).toMatchObject({ hint, new_stdout: '' });
    build.end(0);
    const job = await server.ended(moved.job_id);
    expect(job.result.stdout).toBe('runs\n');
    expect(job).not.toHaveProperty('hint');
  });
});
