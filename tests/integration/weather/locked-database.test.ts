/** Another program holds the write lock of the database: a backup, a shell, a stopped server. */
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect, test } from 'vitest';
import { isAlive, startServer, type TestServer } from '../../support/start-server.ts';
import { waitFor } from '../../support/wait-for.ts';

/** Longer than any wait for the lock. */
const HELD_MS = 15_000;

const CALLS: [string, (id: string) => object][] = [
  ['py_list_jobs', () => ({})],
  ['py_job_status', (id) => ({ job_id: id })],
  ['py_job_status', (id) => ({ job_id: id, incremental: true })],
  ['py_job_output', (id) => ({ job_id: id })],
  ['py_list_scripts', () => ({})],
  ['py_prune_jobs', () => ({ dry_run: true })],
  ['py_cancel_job', (id) => ({ job_id: id, grace_seconds: 0 })],
  ['py_run_script_in_dir', () => ({ directory: '/tmp', script_content: 'print(1)' })],
];

test('every call is answered meanwhile, no server ends, and the ends are there afterwards', async () => {
  const server = await startServer();
  const ending = await server.start('import time\nprint("up", flush=True)\ntime.sleep(4)\nexit(3)');
  const lasting = await server.start('import time\nprint("up", flush=True)\ntime.sleep(600)');
  for (const id of [ending, lasting]) {
    await waitFor(() => server.output(id, 'stdout').length > 0, 20_000, 'the scripts');
  }
  const release = lockedDatabase(server);
  try {
    const begun = performance.now();
    for (const [tool, args] of CALLS) await server.session.callTool(tool, args(lasting));
    await waitFor(() => performance.now() - begun > HELD_MS, 2 * HELD_MS, 'a long lock');
    expect(isAlive(server.pid)).toBe(true);
  } finally {
    release();
  }
  expect((await server.ended(ending)).outcome).toEqual({ kind: 'exited', code: 3 });
  await server.session.callTool('py_cancel_job', { job_id: lasting, grace_seconds: 0 });
  expect((await server.ended(lasting)).status).toBe('cancelled');
}, 150_000);

function lockedDatabase({ home }: TestServer): () => void {
  const database = new DatabaseSync(join(home, 'meta', 'jobs.db'));
  database.exec('PRAGMA busy_timeout = 20000; BEGIN IMMEDIATE');
  return () => {
    database.exec('ROLLBACK');
    database.close();
  };
}
