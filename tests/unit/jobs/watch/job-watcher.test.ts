/** Looks that several waiters share, when one of them fails and when waiters come and go. */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Job } from '../../../../src/core/job.ts';
import type { Engine } from '../../../../src/jobs/context/job-context.ts';
import { JobEvents } from '../../../../src/jobs/context/job-events.ts';
import { JobWatcher } from '../../../../src/jobs/watch/job-watcher.ts';
import { jobFolder } from '../../../../src/output/files/job-folder.ts';
import { waitFor } from '../../../support/wait-for.ts';

const ID = 'job';
let job: Job;

let home = '';
let events: JobEvents;
let isBroken = false;
let isOurs = false;
let watcher: JobWatcher;

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'job-watcher-'));
  mkdirSync(jobFolder(home, ID).root);
  events = new JobEvents();
  job = inState('running');
  isBroken = false;
  isOurs = false;
  const at = (): Job => {
    if (isBroken) throw new Error('unable to open database file');
    return job;
  };
  const engine = { jobsDirectory: home, events, log: { debug: () => {} } };
  watcher = new JobWatcher(engine as unknown as Engine, { at, isOurs: () => isOurs });
});

afterEach(() => rmSync(home, { recursive: true }));

function inState(name: string): Job {
  return { id: ID, state: { name } } as Job;
}

test.each([true, false])('a look that fails is taken again (our own job: %s)', async (ours) => {
  isOurs = ours;
  let news = 0;
  const onNews = () => (news += 1);
  const watched = watcher.join(ID, onNews);
  const before = watched.job;
  isBroken = true;
  events.emit('changed', ID);
  await new Promise((resolve) => setImmediate(resolve));
  expect(watched.job).toBe(before);
  job = inState('completed');
  isBroken = false;
  await waitFor(() => news > 0, 20_000);
  expect(watched.job).toBe(job);
  watched.leave(onNews);
});

test('who waits is told when nothing can be looked at any more, and whoever comes looks anew', () => {
  let news = 0;
  const onNews = () => (news += 1);
  const first = watcher.join(ID, onNews);
  watcher.close();
  expect([news, first.job]).toEqual([1, null]);
  const second = watcher.join(ID, onNews);
  expect(second.job).toBe(job);
  first.leave(onNews);
  expect(watcher.join(ID, onNews)).toBe(second);
  second.leave(onNews);
});

test('the look of the last waiter ends with it', () => {
  const [one, other] = [() => {}, () => {}];
  const watched = watcher.join(ID, one);
  expect(watcher.join(ID, other)).toBe(watched);
  watched.leave(one);
  expect(events.listenerCount('changed')).toBe(1);
  watched.leave(other);
  expect(events.listenerCount('changed') + events.listenerCount('ended')).toBe(0);
});

test('the end of a job of ours is told at once, whenever the last look was', async () => {
  isOurs = true;
  let news = 0;
  const onNews = () => (news += 1);
  const watched = watcher.join(ID, onNews);
  events.emit('changed', ID);
  await new Promise((resolve) => setImmediate(resolve));
  job = inState('completed');
  events.emit('ended', ID);
  await Promise.resolve();
  expect([news, watched.job]).toEqual([1, job]);
  watched.leave(onNews);
});
