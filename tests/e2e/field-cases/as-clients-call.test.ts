/** Cases 02, 03, 21, 22, 32: what clients send, what a person is asked for, and why a job waits. */
import { expect, test } from 'vitest';
import { startServer } from '../../support/start-server.ts';
import { waitFor } from '../../support/wait-for.ts';
import { fileServer } from '../file-server.ts';

const served = fileServer();

const run = (script_content: string, args: object = {}) =>
  served().call('py_run_script_in_dir', { directory: served().work, script_content, ...args });

const SHOWS = 'import os, sys\nprint(sys.argv[1:], os.environ.get("A"))';

test.each([
  [{ args: '["--n", "3"]' }, "['--n', '3'] None\n"],
  [{ args: ['--n', 3] }, "['--n', '3'] None\n"],
  [{ env_vars: '{"A": "x"}' }, '[] x\n'],
  [{ env_vars: { A: 5 } }, '[] 5\n'],
  [{ timeout_seconds: '30', use_uv: 'false', memory_limit_mb: '512' }, '[] None\n'],
])('02 values-as-strings: %j is taken as meant', async (args, stdout) => {
  expect(await run(SHOWS, args)).toMatchObject({ status: 'completed', stdout });
});

test('02 values-as-strings: a job in the background, and a wait for it', async () => {
  const { job_id: id } = await run('print("done")', { async_mode: 'true' });
  const wait = { job_id: id, wait_seconds: '20', incremental: 'true' };
  await waitFor(
    async () => (await served().call('py_job_status', wait)).status !== 'running',
    30_000,
    'the end',
  );
  expect(await served().text('py_job_output', { job_id: id, max_bytes: '4000' })).toContain('done');
});

test('03 extra-arguments: what n8n adds is ignored and named', async () => {
  const extras = {
    toolCallId: 'call_1',
    sessionId: 'a',
    action: 'sendMessage',
    chatInput: 'x',
    tool: 'py_list_scripts',
  };
  const { stdout, notes } = await run('print(1)', extras);
  expect(stdout).toBe('1\n');
  for (const name of Object.keys(extras)) expect(notes.join('\n')).toContain(name);
});

test('03 extra-arguments: a slip is refused with the name that was meant', async () => {
  const slip = { directory: served().work, script_content: 'print(1)', timeout: 5 };
  expect(await served().refusal('py_run_script_in_dir', slip)).toContain(
    'did you mean timeout_seconds?',
  );
});

const SLEEPS = 'import time\nprint("begun", flush=True)\ntime.sleep(120)';

test('21 escape-key: a call that is given up ends its run, and the server answers on', async () => {
  const server = served();
  const giveUp = new AbortController();
  const given = server
    .call(
      'py_run_script_in_dir',
      { directory: server.work, script_content: SLEEPS },
      { signal: giveUp.signal },
    )
    .catch(() => 'given up');
  const jobs = async () => (await server.call('py_list_jobs', {})).jobs;
  await waitFor(async () => (await jobs())[0]?.status === 'running', 30_000, 'the run');
  giveUp.abort();
  expect(await given).toBe('given up');
  await waitFor(async () => (await jobs())[0].status === 'cancelled', 30_000, 'its end');
});

test('21 escape-key: a wait that is given up leaves its job alone', async () => {
  const server = served();
  const id = await server.start(SLEEPS);
  await waitFor(() => server.output(id, 'stdout').includes('begun'), 30_000, 'its first line');
  const giveUp = new AbortController();
  const waiting = server.call(
    'py_job_status',
    { job_id: id, incremental: true, wait_seconds: 45 },
    { signal: giveUp.signal },
  );
  giveUp.abort();
  await expect(waiting).rejects.toThrow();
  expect((await server.call('py_job_status', { job_id: id })).job.status).toBe('running');
});

test.each([
  ['getpass', 'import getpass\nprint("got", getpass.getpass())', 'secret\n', 'got secret'],
  ['a debugger', 'x = 41\nbreakpoint()\nprint("went on")', 'p x + 1\nc\n', '42'],
])('22 asks-a-person: %s is answered', async (_, code, answer, seen) => {
  const server = served();
  const id = await server.start(code, { interactive: true });
  const asks = async () =>
    (await server.call('py_job_status', { job_id: id })).job.waiting_for_input !== undefined;
  await waitFor(asks, 30_000, 'the question');
  await server.call('py_send_input', { job_id: id, text: answer });
  const { status, result } = await server.ended(id);
  expect(status).toBe('completed');
  expect(result.stdout).toContain(seen);
});

test('22 asks-a-person: without a person the end of input comes with advice', async () => {
  const { status, error } = await run('input("name? ")');
  expect(status).toBe('failed');
  expect(error).toContain('py_send_input');
});

test('32 queue-full: a job that does not start says why, and which setting it is', async () => {
  const settings = { PYTHON_MCP_MAX_CONCURRENT_JOBS: '1', SMART_ASYNC_TIMEOUT_SECONDS: '1' };
  const server = await startServer({ env: settings });
  await server.start(SLEEPS);
  const waits = { directory: server.work, script_content: 'print(1)' };
  const { job_id: id, status, message } = await server.call('py_run_script_in_dir', waits);
  expect({ status, message }).toMatchObject({
    status: 'pending',
    message: expect.stringContaining('Still waiting for a free place'),
  });
  const { job } = await server.call('py_job_status', { job_id: id });
  expect(job.hint).toContain('max_concurrent_jobs');
});
