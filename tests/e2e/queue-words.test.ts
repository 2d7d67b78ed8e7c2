/** What a run may wait for: locks, other jobs, GPUs. See contract §1. */
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { type Reply, startServer, type TestServer } from '../support/start-server.ts';
import { waitFor } from '../support/wait-for.ts';

/** Ends well when it is told to. */
const UNTIL_TOLD = `
import os, time
while not os.path.exists("go"): time.sleep(0.01)
`;

function tell({ work }: TestServer): void {
  writeFileSync(join(work, 'go'), '');
}

/** By a job that completes. */
async function printed(server: TestServer, id: string): Promise<string> {
  expect(await server.ended(id)).toMatchObject({ status: 'completed' });
  return server.output(id, 'stdout').toString();
}

/** Fails when it never says so. */
async function saysWhy(server: TestServer, id: string, waits: string): Promise<void> {
  const hint = async () =>
    (await server.call('py_job_status', { job_id: id, incremental: true })).job.hint;
  await waitFor(async () => (await hint()) === `Waiting for ${waits}.`, 30_000, waits);
}

describe('a lock', () => {
  test('keeps a job waiting, which says for what and whom, until its holder has ended', async () => {
    const server = await startServer();
    const holder = await server.start(UNTIL_TOLD, { locks: ['gpu0'] });
    const id = await server.start('print("mine")', { locks: ['db', 'gpu0'] });
    const waits = `gpu0, held by ${holder}`;
    await saysWhy(server, id, waits);
    const { jobs } = await server.call('py_list_jobs', { status_filter: 'pending' });
    expect(jobs).toMatchObject([{ id, waits_for: waits }]);
    expect(await server.call('py_job_status', { job_ids: [id] })).toMatchObject({
      jobs: [{ waits_for: waits }],
    });
    tell(server);
    expect(await printed(server, id)).toBe('mine\n');
    expect(await server.ended(holder)).toMatchObject({ status: 'completed' });
  });

  test('is not given away while a process is left that may use what it stands for', async () => {
    const server = await startServer();
    // It takes no notice of the signals that come before the last one.
    const daemon = `
import os, signal, time
if os.fork() == 0:
    os.setsid()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP): signal.signal(number, signal.SIG_IGN)
    open("pid", "w").write(str(os.getpid()))
    while True: time.sleep(60)
while not os.path.exists("pid") or not open("pid").read(): time.sleep(0.01)
`;
    const first = await server.start(daemon, { locks: ['port'] });
    const look = `
try: state = open(f"/proc/{open('pid').read()}/stat").read().rpartition(")")[2].split()[0]
except OSError: state = "gone"
print(state not in ("gone", "Z", "X"))
`;
    const second = await server.start(look, { locks: ['port'] });
    expect(await printed(server, second)).toBe('False\n');
    expect(await server.ended(first)).toMatchObject({ status: 'completed' });
  });

  test('comes back from a job that is cancelled, that is killed, and that leaves without a word', async () => {
    const server = await startServer();
    const locks = ['one'];
    const cancelled = await server.start(UNTIL_TOLD, { locks });
    await server.call('py_cancel_job', { job_id: cancelled, grace_seconds: 0 });
    const killed = 'import os, signal; os.kill(os.getpid(), signal.SIGKILL)';
    await server.ended(await server.start(killed, { locks }));
    await server.ended(await server.start('import os; os._exit(3)', { locks }));
    const last = await printed(server, await server.start('print("free")', { locks }));
    expect(last).toBe('free\n');
  });

  test('has as many places as the settings say', async () => {
    const server = await startServer({ env: { PYTHON_MCP_LOCKS: '{"api": 2}' } });
    const both = [1, 2].map(() => server.start(UNTIL_TOLD, { locks: ['api'] }));
    const [one, two] = await Promise.all(both);
    const third = await server.start('print(3)', { locks: ['api'] });
    const ids = [String(one), String(two)].sort();
    await saysWhy(server, third, `api, held by ${ids.join(' and ')}`);
    tell(server);
    await Promise.all([one, two, third].map((id) => server.ended(String(id))));
  });
});

describe('a job after another', () => {
  test('starts when that one has completed', async () => {
    const server = await startServer();
    const first = await server.start(`${UNTIL_TOLD}open("done", "w").close()`);
    const look = 'import os; print(os.path.exists("done"))';
    const id = await server.start(look, { after: [first.slice(0, 9)] });
    await saysWhy(server, id, `${first} to complete`);
    tell(server);
    expect(await printed(server, id)).toBe('True\n');
  });

  test('is never run when that one fails, nor is what comes after it, and says why', async () => {
    const server = await startServer();
    const first = await server.start(`${UNTIL_TOLD}raise SystemExit(3)`);
    const second = await server.start('open("ran", "w")', { after: [first] });
    const third = await server.start('open("ran", "w")', { after: [second] });
    tell(server);
    const skipped = (id: string) => ({
      status: 'failed',
      started_at: null,
      error: `The script never started: job ${id}, which had to complete first, failed.`,
    });
    expect(await server.ended(second)).toMatchObject(skipped(first));
    expect(await server.ended(third)).toMatchObject(skipped(second));
    const late = { directory: server.work, script_content: 'open("ran", "w")', after: [first] };
    expect(await server.refusal('py_run_script_in_dir', late)).toContain(
      `job ${first}, which had to complete first, failed.`,
    );
    expect(existsSync(join(server.work, 'ran'))).toBe(false);
  });

  test('of an id that there is not is refused', async () => {
    const server = await startServer();
    const run = { directory: server.work, script_content: '1', after: ['zzzz'] };
    expect(await server.refusal('py_run_script_in_dir', run)).toBe(
      'after: There is no job "zzzz". There are no jobs yet. Pass the ids of jobs.',
    );
    expect(server.jobIds()).toEqual([]);
  });
});

describe('GPUs', () => {
  const env = { PYTHON_MCP_GPUS: '2' };
  const SAYS = 'import os; print(os.environ.get("CUDA_VISIBLE_DEVICES"))';

  test('are handed out and named to the script', async () => {
    const server = await startServer({ env: { ...env, CUDA_VISIBLE_DEVICES: '7' } });
    const saying = `${SAYS}\nimport sys; sys.stdout.flush()\n${UNTIL_TOLD}`;
    const holder = await server.start(saying, { gpus: 1 });
    const both = await server.start(SAYS, { gpus: 2 });
    const none = await printed(server, await server.start(SAYS));
    await saysWhy(server, both, `2 GPUs, held by ${holder}`);
    tell(server);
    expect(await printed(server, holder)).toBe('0\n');
    expect(await printed(server, both)).toBe('0,1\n');
    expect(none).toBe('7\n');
  });

  test('are told of only where there are any, and refused beyond what there is', async () => {
    const [with2, without] = [
      await startServer({ env }),
      await startServer({ env: { PYTHON_MCP_GPUS: '0' } }),
    ];
    const parametersOf = async ({ session }: TestServer) => {
      const { tools } = await session.client.listTools();
      const [run] = (tools as Reply[]).filter(({ name }) => name === 'py_run_script_in_dir');
      return Object.keys(run.inputSchema.properties);
    };
    expect(await parametersOf(with2)).toEqual(expect.arrayContaining(['locks', 'after', 'gpus']));
    expect(await parametersOf(without)).not.toContain('gpus');
    const run = { directory: without.work, script_content: '1', gpus: 1 };
    expect(await without.refusal('py_run_script_in_dir', run)).toBe(
      'gpus: 1 are asked for, and this server has 0. Ask for fewer, or say how many there are with the setting gpus.',
    );
  });
});

test('what a job waited for survives the server that accepted it', async () => {
  const first = await startServer();
  const holder = await first.start(UNTIL_TOLD, { locks: ['one'] });
  await waitFor(
    () => first.processes(holder).then(({ length }) => length > 0),
    30_000,
    'its start',
  );
  const waits = await first.start('print("second")', { locks: ['one'] });
  const after = await first.start('print("third")', { after: [waits], locks: ['one'] });
  await first.kill();
  const second = await startServer({ on: first });
  await saysWhy(second, waits, `one, held by ${holder}`);
  await saysWhy(second, after, `${waits} to complete`);
  tell(second);
  expect(await printed(second, after)).toBe('third\n');
  expect(await printed(second, waits)).toBe('second\n');
});
