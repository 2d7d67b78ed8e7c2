/** What a server that is gone left half done, and the commands that come upon it. */
import { execFile } from 'node:child_process';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { startRawServer } from '../../support/raw-server.ts';
import { startServer, type TestServer } from '../../support/start-server.ts';
import { NODE, PROGRAM, PYTHON, testHome } from '../../support/test-home.ts';
import { waitFor } from '../../support/wait-for.ts';

const COMPLAINS_WITHIN_MS = 1_500;
const STUBBORN = `import signal, time
for number in (signal.SIGINT, signal.SIGTERM): signal.signal(number, signal.SIG_IGN)
print("up", flush=True)
time.sleep(600)`;

function command({ home }: TestServer, ...args: string[]) {
  const env = { PATH: process.env['PATH'], PYTHON_MCP_HOME: home, PYTHON_MCP_PYTHON: PYTHON };
  return promisify(execFile)(NODE, [PROGRAM, ...args], { env });
}

function rowOf({ home }: TestServer, id: string): Record<string, unknown> {
  const database = new DatabaseSync(join(home, 'meta', 'jobs.db'), { readOnly: true });
  try {
    return database.prepare('SELECT state, ending FROM jobs WHERE id = ?').get(id) ?? {};
  } finally {
    database.close();
  }
}

const isUp = (server: TestServer, id: string) =>
  waitFor(() => server.output(id, 'stdout').length > 0, 20_000, 'the script');

test('doctor starts none of the jobs that wait', async () => {
  const server = await startServer({ env: { PYTHON_MCP_MAX_CONCURRENT_JOBS: '1' } });
  const running = await server.start(STUBBORN);
  await isUp(server, running);
  const waiting = await server.start('print("ran")');
  await server.kill('SIGKILL');
  await command(server, 'doctor', '--json');
  expect(rowOf(server, waiting)).toMatchObject({ state: 'pending' });
  await command(server, 'cancel', '--grace', '0', running);
});

test('a list that finds an unfinished cancel ends in order', async () => {
  const server = await startServer();
  const id = await server.start(STUBBORN);
  await isUp(server, id);
  server.session.callTool('py_cancel_job', { job_id: id }).catch(() => {});
  await waitFor(() => rowOf(server, id)['ending'] === 'cancelled', 20_000, 'the decision');
  await server.kill('SIGKILL');
  const { stdout, stderr } = await command(server, 'jobs', '--json'); // rejects for other exit codes
  expect(stderr).toBe('');
  expect(stdout).toContain(id);
});

test('a server that has something to complain about to nobody lives on', async () => {
  const home = testHome();
  writeFileSync(home.home, 'no folder'); // which it complains of when it opens it, by itself
  const server = await startRawServer(home);
  server.process.stderr?.destroy();
  const begun = performance.now();
  await waitFor(() => performance.now() - begun > COMPLAINS_WITHIN_MS, 20_000, 'the complaint');
  expect(await server.request('tools/list', {})).toHaveProperty('tools');
  rmSync(home.home);
});
