/** A row whose request is no JSON any more: nothing is made up to run in its place. */
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect, onTestFinished, test } from 'vitest';
import { isAlive, startServer, type TestServer } from '../../support/start-server.ts';
import { waitFor } from '../../support/wait-for.ts';

const LASTING = 'print("up", flush=True)\nimport time\ntime.sleep(600)';

test('a pending job is not launched, a running one keeps its output, and the server lives', async () => {
  const env = { PYTHON_MCP_MAX_CONCURRENT_JOBS: '1' };
  const server = await startServer({ env });
  const running = await server.start(LASTING);
  await waitFor(() => server.output(running, 'stdout').length > 0, 20_000, 'the script');
  const pending = await server.start('print("ran")');
  damage(server, running, pending);
  const { jobs } = await server.call('py_list_jobs', {});
  expect(jobs.map(({ label }: { label: string }) => label)).toEqual([
    '(its record cannot be read)',
    '(its record cannot be read)',
  ]);
  expect(await server.text('py_job_output', { job_id: running })).toContain('up');
  await server.call('py_cancel_job', { job_id: running, grace_seconds: 0 });
  const { status, outcome } = await server.ended(pending);
  expect(status).toBe('failed');
  expect(outcome).toEqual({ kind: 'never_started', reason: 'its record cannot be read.' });
  expect(server.output(pending, 'stdout')).toHaveLength(0);
  expect((await server.ended(running)).status).toBe('cancelled');
  expect(isAlive(server.pid)).toBe(true);
});

function damage({ home }: TestServer, ...ids: string[]): void {
  const database = new DatabaseSync(join(home, 'meta', 'jobs.db'));
  onTestFinished(() => database.close());
  const change = database.prepare(`UPDATE jobs SET request = '{oops' WHERE id = ?`);
  for (const id of ids) change.run(id);
}
