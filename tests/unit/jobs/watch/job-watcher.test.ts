/** Looks that several followers share, when one of them fails and when followers come and go. */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Job } from '../../../../src/core/job.ts';
import type { Engine } from '../../../../src/jobs/context/job-context.ts';
import type { Finisher } from '../../../../src/jobs/run/record-end.ts';
import { JobEvents } from '../../../../src/jobs/context/job-events.ts';
import { SharedLooks } from '../../../../src/jobs/watch/job-watcher.ts';
import { jobFolder } from '../../../../src/output/files/job-folder.ts';
import { waitFor } from '../../../support/wait-for.ts';

const ID = 'job';
const job = { id: ID, state: { name: 'running' } } as Job;

let home = '';
let events: JobEvents;
let isBroken = false;
let looks: SharedLooks;

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'shared-looks-'));
  mkdirSync(jobFolder(home, ID).root);
  events = new JobEvents();
  isBroken = false;
  const observe = (): Job => {
    if (isBroken) throw new Error('unable to open database file');
    return job;
  };
  const engine = { jobsDirectory: home, events, log: { debug: () => {} } };
  looks = new SharedLooks(engine as unknown as Engine, { observe } as unknown as Finisher);
});

afterEach(() => rmSync(home, { recursive: true }));

test('after a look that failed, whoever comes looks anew', async () => {
  let woken = 0;
  const wake = () => (woken += 1);
  const first = looks.join(ID, wake);
  isBroken = true;
  events.emit('changed', ID);
  await waitFor(() => woken === 1, 5_000);
  expect(first.job).toBeNull();
  isBroken = false;
  const second = looks.join(ID, wake);
  expect(second.job).toBe(job);
  first.leave(wake);
  expect(looks.join(ID, wake)).toBe(second);
  second.leave(wake);
});

test('the look of the last follower ends with it', () => {
  const [one, other] = [() => {}, () => {}];
  const watched = looks.join(ID, one);
  expect(looks.join(ID, other)).toBe(watched);
  watched.leave(one);
  expect(events.listenerCount('changed')).toBe(1);
  watched.leave(other);
  expect(events.listenerCount('changed')).toBe(0);
});
