import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openDatabase } from '../../src/store/database.ts';
import { JobLists } from '../../src/store/job-lists.ts';
import { JobStore } from '../../src/store/job-store.ts';
import type { TestServer } from '../support/start-server.ts';
import { fileServer } from './file-server.ts';

const served = fileServer();

test('an id is short, and its beginning is taken for it', async () => {
  const server = served();
  const id = await server.start('print("there")');
  expect(id).toMatch(/^[0-9a-z]{10}$/);
  await server.ended(id);
  const { job } = await server.call('py_job_status', { job_id: id.slice(0, 9) });
  expect(job.id).toBe(id);
  expect(await server.text('py_job_output', { job_id: id.slice(0, 9) })).toContain('there');
  const cancelled = await server.call('py_cancel_job', { job_id: id.slice(0, 9) });
  expect(cancelled.job_id).toBe(id);
});

test('a beginning that fits several jobs is refused with their ids', async () => {
  const server = served();
  const ids = [await server.start('print(1)'), await server.start('print(2)')];
  await Promise.all(ids.map((id) => server.ended(id)));
  const same = ids.map((id) => id.slice(0, 2));
  expect(same[0]).toBe(same[1]);
  const refusal = await server.refusal('py_job_status', { job_id: same[0] });
  expect(refusal).toBe(`job_id: "${same[0]}" fits ${ids[1]} and ${ids[0]}. Give more of the id.`);
});

test('an id that there is none of is answered with the newest', async () => {
  const server = served();
  const id = await server.start('print(1)');
  await server.ended(id);
  const refusal = await server.refusal('py_job_status', { job_id: 'zzzzzzzzzz' });
  expect(refusal).toBe(`There is no job "zzzzzzzzzz". The newest jobs are ${id}.`);
});

test('ids of 32 characters, of earlier versions, stay valid', async () => {
  const server = served();
  const template = await server.start('print(1)');
  await server.ended(template);
  const earlier = addEarlierJob(server, template);
  const { job } = await server.call('py_job_status', { job_id: earlier });
  expect(job).toMatchObject({ id: earlier, status: 'completed' });
  for (const length of [9, 10, 12]) {
    const shortened = await server.call('py_job_status', { job_id: earlier.slice(0, length) });
    expect(shortened.job.id).toBe(earlier);
  }
});

/** A job as an earlier version would have left it, older than `template`. */
function addEarlierJob(server: TestServer, template: string): string {
  const database = openDatabase(join(server.home, 'meta', 'jobs.db'));
  const store = new JobStore(database);
  const [job] = new JobLists(database).list(null, 1, 0).jobs;
  if (job?.id !== template || !('outcome' in job.state)) throw new Error('no ended job');
  const createdAt = job.createdAt - 60_000;
  const id = `${createdAt.toString(36)}${'0a'.repeat(12)}`;
  store.insert({ ...job, id, createdAt });
  store.finish(id, job.state);
  store.markSwept(id);
  store.close();
  return id;
}
