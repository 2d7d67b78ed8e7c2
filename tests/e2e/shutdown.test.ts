import { describe, expect, test } from 'vitest';
import { type RawServer, startRawServer } from '../support/raw-server.ts';
import { startServer } from '../support/start-server.ts';
import { testHome, type TestHome } from '../support/test-home.ts';
import { waitFor } from '../support/wait-for.ts';

const SLEEPER = 'import time\nprint("up", flush=True)\ntime.sleep(600)';
const EXITS_WITHIN_MS = 20_000;

const WAYS: Record<string, (server: RawServer) => void> = {
  'its standard input ends': ({ process: { stdin } }) => void stdin?.end(),
  'it gets SIGINT': ({ process: child }) => void child.kill('SIGINT'),
  'it gets SIGTERM': ({ process: child }) => void child.kill('SIGTERM'),
  'it gets SIGHUP': ({ process: child }) => void child.kill('SIGHUP'),
  'nobody reads its standard output any more': (server) => {
    server.process.stdout?.destroy();
    server.send({ jsonrpc: '2.0', id: 99, method: 'tools/list', params: {} });
  },
};

describe.each(Object.entries(WAYS))('when %s', (_, hangUp) => {
  test('the server ends; background jobs go on, a run that is waited for does not', async () => {
    const home = testHome();
    const server = await startRawServer(home);
    const background = await startInBackground(server, home);
    server.send({ jsonrpc: '2.0', id: 50, ...runOf(home, SLEEPER, false) });
    const waited = await waitFor(
      () => home.jobIds().find((id) => id !== background),
      10_000,
      'the second job',
    );
    await up(home, background);
    await up(home, waited);
    hangUp(server);
    expect(await server.exited(EXITS_WITHIN_MS)).toBe(0);
    expect(await home.processes(waited)).toEqual([]);
    expect((await home.processes(background)).length).toBeGreaterThan(0);
    for (const line of server.lines) expect(JSON.parse(line)).toMatchObject({ jsonrpc: '2.0' });

    const next = await startServer({ on: home });
    const statusOf = async (id: string) =>
      (await next.call('py_job_status', { job_id: id })).job.status;
    expect(await statusOf(background)).toBe('running');
    expect(await statusOf(waited)).toBe('cancelled');
    await next.call('py_cancel_job', { job_id: background, grace_seconds: 0 });
    await next.session.close();
  });
});

test('garbage on standard input does not end the server', async () => {
  const server = await startRawServer(testHome());
  server.process.stdin?.write('not json\n{"jsonrpc":"2.0"}\n[]\n\0\n');
  const { tools } = await server.request('tools/list', {});
  expect(tools).toBeInstanceOf(Array);
  server.process.stdin?.end();
  expect(await server.exited(EXITS_WITHIN_MS)).toBe(0);
});

function runOf(home: TestHome, code: string, background: boolean): object {
  const args = { directory: home.work, script_content: code, async_mode: background };
  return { method: 'tools/call', params: { name: 'py_run_script_in_dir', arguments: args } };
}

async function startInBackground(server: RawServer, home: TestHome): Promise<string> {
  const { method, params } = runOf(home, SLEEPER, true) as { method: string; params: object };
  const { structuredContent } = await server.request(method, params);
  return (structuredContent as { job_id: string }).job_id;
}

async function up(home: TestHome, id: string): Promise<void> {
  await waitFor(() => home.output(id, 'stdout').length > 0, 20_000, 'the script to be up');
}
