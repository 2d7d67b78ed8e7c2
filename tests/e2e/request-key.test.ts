/** A run that is asked for twice under one key is one job. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { startServer } from '../support/start-server.ts';

test('the same key is the same job, at once, later, and after a restart of the server', async () => {
  const server = await startServer();
  const run = {
    directory: server.work,
    script_content: 'open("runs", "a").write("x")\nprint("done")',
    request_key: 'order 1',
  };
  const [one, two] = await Promise.all([
    server.call('py_run_script_in_dir', run),
    server.call('py_run_script_in_dir', run),
  ]);
  expect(two.job_id).toBe(one.job_id);
  expect([one.stdout, two.stdout]).toEqual(['done\n', 'done\n']);
  await server.kill();
  const next = await startServer({ on: server });
  expect((await next.call('py_run_script_in_dir', run)).job_id).toBe(one.job_id);
  expect(readFileSync(join(server.work, 'runs'), 'utf8')).toBe('x');
  expect(server.jobIds()).toEqual([one.job_id]);
  const other = await next.call('py_run_script_in_dir', { ...run, request_key: 'order 2' });
  expect(other.job_id).not.toBe(one.job_id);
  expect(existsSync(join(server.home, 'jobs', one.job_id))).toBe(true);
});
