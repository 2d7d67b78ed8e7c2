import { existsSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { type Reply, startServer, type TestServer } from '../support/start-server.ts';
import { fileServer } from './file-server.ts';

const served = fileServer();

/** One job that completed, one that failed, one that was cancelled, one that runs. */
async function oneOfEach(server: TestServer): Promise<Record<string, string>> {
  const completed = await server.start('print(1)');
  const failed = await server.start('1/0');
  const cancelled = await server.start('import time\ntime.sleep(600)');
  await server.call('py_cancel_job', { job_id: cancelled, grace_seconds: 0 });
  const running = await server.start('import time\ntime.sleep(600)');
  await server.ended(completed);
  await server.ended(failed);
  return { completed, failed, cancelled, running };
}

async function idsOf(server: TestServer): Promise<string[]> {
  const { jobs } = await server.call('py_list_jobs');
  return jobs.map(({ id }: Reply) => id);
}

describe('pruning', () => {
  test('removes nothing by default, and says how to', async () => {
    const server = served();
    await oneOfEach(server);
    expect(await server.call('py_prune_jobs', { max_age_hours: 0 })).toEqual({
      removed: 0,
      remaining: 4,
      freed_bytes: 0,
      message:
        'Nothing was to be removed: keep_completed, keep_failed and keep_cancelled are all true. ' +
        'Pass false for what may go.',
    });
  });

  test.each(['completed', 'failed', 'cancelled'])('removes only what is %s', async (kind) => {
    const server = served();
    const ids = await oneOfEach(server);
    const gone = String(ids[kind]);
    const reply = await server.call('py_prune_jobs', { [`keep_${kind}`]: false, max_age_hours: 0 });
    expect(reply).toEqual({ removed: 1, remaining: 3, freed_bytes: expect.any(Number) });
    expect(reply.freed_bytes).toBeGreaterThan(0);
    expect(new Set(await idsOf(server))).toEqual(
      new Set(Object.values(ids).filter((id) => id !== gone)),
    );
    expect(existsSync(join(server.home, 'jobs', gone))).toBe(false);
  });

  const ALL = { keep_completed: false, keep_failed: false, keep_cancelled: false };

  test('never removes a job that runs', async () => {
    const server = served();
    const { running } = await oneOfEach(server);
    const reply = await server.call('py_prune_jobs', { ...ALL, max_age_hours: 0 });
    expect(reply).toMatchObject({ removed: 3, remaining: 1 });
    expect(await idsOf(server)).toEqual([running]);
    expect((await server.call('py_job_status', { job_id: running })).job.status).toBe('running');
  });

  test('spares what is younger than max_age_hours, a day by default', async () => {
    const server = served();
    await oneOfEach(server);
    expect(await server.call('py_prune_jobs', ALL)).toMatchObject({ removed: 0, remaining: 4 });
  });

  test('with dry_run only counts', async () => {
    const server = served();
    await oneOfEach(server);
    const request = { ...ALL, max_age_hours: 0 };
    const dry = await server.call('py_prune_jobs', { ...request, dry_run: true });
    expect(dry).toMatchObject({ removed: 3, remaining: 1 });
    expect((await idsOf(server)).length).toBe(4);
    expect(server.jobIds().length).toBe(4);
    expect(await server.call('py_prune_jobs', request)).toEqual(dry);
  });

  test('does not follow a link that the job left in its folder', async () => {
    const server = served();
    const id = await server.start('pass');
    await server.ended(id);
    const precious = join(server.work, 'precious');
    writeFileSync(precious, 'keep me');
    symlinkSync(server.work, join(server.home, 'jobs', id, 'work', 'link'));
    await server.call('py_prune_jobs', { keep_completed: false, max_age_hours: 0 });
    expect(server.jobIds()).toEqual([]);
    expect(existsSync(precious)).toBe(true);
  });
});

describe('the list of jobs', () => {
  test('is newest first, in pages, without output', async () => {
    const server = served();
    const ids: string[] = [];
    for (let number = 0; number < 5; number += 1) ids.push(await server.start(`print(${number})`));
    for (const id of ids) await server.ended(id);
    const first = await server.call('py_list_jobs', { limit: 2 });
    const second = await server.call('py_list_jobs', { limit: 2, page: 2 });
    const third = await server.call('py_list_jobs', { limit: 2, page: 3 });
    expect([first.total, first.next_page, second.next_page, third.next_page]).toEqual([
      5,
      2,
      3,
      null,
    ]);
    const listed = [first, second, third].flatMap(({ jobs }) => jobs.map(({ id }: Reply) => id));
    // Ids sort by millisecond; within one their order is fixed but not known.
    expect(listed).toEqual(ids.toSorted().toReversed());
    expect(Object.keys(first.jobs[0]).filter((key) => /stdout|stderr|result/.test(key))).toEqual(
      [],
    );
  });

  test('can be filtered by status, and totals count the status', async () => {
    const server = served();
    const ids = await oneOfEach(server);
    for (const status of ['completed', 'failed', 'cancelled', 'running']) {
      const { jobs, total } = await server.call('py_list_jobs', { status_filter: status });
      expect({ status, total, ids: jobs.map(({ id }: Reply) => id) }).toEqual({
        status,
        total: 1,
        ids: [ids[status]],
      });
    }
    expect(await server.call('py_list_jobs', { status_filter: 'pending' })).toMatchObject({
      jobs: [],
      total: 0,
    });
  });
});

describe.each(['modern', 'legacy'] as const)('as resources, in the %s era', (era) => {
  test('a job shows both streams, and its id completes', async () => {
    const server = await startServer({ era });
    const id = await server.start('import sys\nprint("out")\nprint("err", file=sys.stderr)');
    await server.ended(id);
    const { client } = server.session;
    const { resourceTemplates } = await client.listResourceTemplates();
    const templates = resourceTemplates.map(({ uriTemplate }) => uriTemplate);
    expect(templates).toContain('job-stream://{job_id}');
    const uri = `job-stream://${id}`;
    const { contents } = await client.readResource({ uri });
    const text = '---STDOUT---\nout\n\n---STDERR---\nerr\n\n';
    expect(contents).toEqual([{ uri, mimeType: 'text/plain', text }]);
    const { completion } = await client.complete({
      ref: { type: 'ref/resource', uri: 'job-stream://{job_id}' },
      argument: { name: 'job_id', value: id.slice(0, 8) },
    });
    expect(completion.values).toEqual([id]);
  });

  test('an unknown job is an error that names the newest', async () => {
    const server = await startServer({ era });
    const read = server.session.client.readResource({ uri: `job-stream://${'x'.repeat(32)}` });
    await expect(read).rejects.toThrow('There are no jobs yet.');
  });
});

test('the home folder and everything in it is its owner’s alone', async () => {
  const server = await startServer({ first: true });
  const id = await server.start('print(1)');
  await server.ended(id);
  const modeOf = (...path: string[]) =>
    (statSync(join(server.home, ...path)).mode & 0o777).toString(8);
  expect(modeOf()).toBe('700');
  for (const folder of [['jobs'], ['meta'], ['logs'], ['jobs', id], ['jobs', id, 'work']]) {
    expect({ folder, mode: modeOf(...folder) }).toEqual({ folder, mode: '700' });
  }
  for (const file of ['stdout.log', 'stderr.log', 'exit', 'supervisor.json', 'work/script.py']) {
    expect({ file, mode: modeOf('jobs', id, file) }).toEqual({ file, mode: '600' });
  }
});
