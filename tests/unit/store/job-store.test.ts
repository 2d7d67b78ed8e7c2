import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { newJobId } from '../../../src/core/job-id.ts';
import type { EndedState, JobRequest, JobStatus, Launch } from '../../../src/core/job.ts';
import { openDatabase } from '../../../src/store/database.ts';
import { JobStore } from '../../../src/store/job-store.ts';

const LAUNCH: Launch = {
  interpreter: '/usr/bin/python3',
  strategy: 'system-python',
  source: 'default-interpreter',
  pythonVersion: '3.12.1',
  resolvedDependencies: null,
  notes: [],
};
const COMPLETED: EndedState = {
  name: 'completed',
  startedAt: 2,
  launch: LAUNCH,
  endedAt: 3,
  outcome: { kind: 'exited', code: 0 },
  exitCode: 0,
  usage: null,
};

let folder: string;
let store: JobStore;
let clock: number;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'python-mcp-store-'));
  store = new JobStore(openDatabase(join(folder, 'jobs.db')));
  clock = 0;
});
afterEach(() => {
  store.close();
  rmSync(folder, { recursive: true, force: true });
});

function insert(submittedBy = 'server', bound = false): string {
  clock += 1;
  const id = newJobId(clock);
  const request = { label: 'test', streaming: false } as JobRequest;
  store.insert({ id, request, submittedBy, bound, createdAt: clock });
  return id;
}

function insertRunning(submittedBy = 'server'): string {
  const id = insert(submittedBy);
  expect(store.claimNext(submittedBy, 100)?.id).toBe(id);
  expect(store.markRunning(id, 2, LAUNCH)).toBe(true);
  return id;
}

function insertEnded(): string {
  const id = insertRunning();
  expect(store.finish(id, COMPLETED)).toBe(true);
  return id;
}

describe('a job', () => {
  test('goes from pending over preparing and running to its end', () => {
    const id = insert();
    expect(store.find(id)?.state).toEqual({ name: 'pending' });
    expect(store.claimNext('a', 1)?.state).toEqual({ name: 'preparing', claimedBy: 'a' });
    expect(store.markRunning(id, 2, LAUNCH)).toBe(true);
    expect(store.find(id)?.state).toEqual({ name: 'running', startedAt: 2, launch: LAUNCH });
    expect(store.finish(id, COMPLETED)).toBe(true);
    expect(store.find(id)?.state).toEqual(COMPLETED);
  });

  test('is finished once: who comes second changes nothing', () => {
    const id = insertEnded();
    const failed = { ...COMPLETED, name: 'failed', exitCode: 1 } as const;
    expect(store.finish(id, failed)).toBe(false);
    expect(store.markRunning(id, 9, LAUNCH)).toBe(false);
    expect(store.markEnding(id, 'cancelled', 'a')).toBe(false);
    expect(store.endPending(id, 'cancelled', 'a')).toBe(false);
    expect(store.find(id)?.state).toEqual(COMPLETED);
  });

  test('keeps the first decision to end it', () => {
    const id = insertRunning();
    expect(store.markEnding(id, 'cancelled', 'a')).toBe(true);
    expect(store.markEnding(id, 'timed_out', 'b')).toBe(false);
    expect(store.find(id)).toMatchObject({ ending: 'cancelled', endingBy: 'a' });
  });

  test('that was ended while pending cannot be claimed any more', () => {
    const id = insert();
    expect(store.endPending(id, 'cancelled', 'a')).toBe(true);
    expect(store.endPending(id, 'cancelled', 'b')).toBe(false);
    expect(store.claimNext('a', 10)).toBeNull();
  });

  test('is taken over only from the server that is thought to hold it', () => {
    const id = insert();
    store.claimNext('dead', 1);
    expect(store.takeOver(id, 'other', 'b')).toBe(false);
    expect(store.takeOver(id, 'dead', 'b')).toBe(true);
    expect(store.takeOver(id, 'dead', 'c')).toBe(false);
    expect(store.find(id)?.state).toEqual({ name: 'preparing', claimedBy: 'b' });
  });
});

describe('claiming', () => {
  test('stops at the limit of active jobs', () => {
    for (let job = 0; job < 4; job += 1) insert();
    expect([1, 2, 3, 4].map(() => store.claimNext('a', 3) !== null)).toEqual([
      true,
      true,
      true,
      false,
    ]);
  });

  test('takes the oldest of one submitter first', () => {
    const ids = [insert(), insert(), insert()];
    expect(ids.map(() => store.claimNext('a', 9)?.id)).toEqual(ids);
  });

  test('prefers the submitter with the fewest active jobs', () => {
    for (let job = 0; job < 5; job += 1) insert('busy');
    const single = insert('other');
    expect(store.claimNext('x', 9)?.submittedBy).toBe('busy');
    expect(store.claimNext('x', 9)?.id).toBe(single);
    expect(store.claimNext('x', 9)?.submittedBy).toBe('busy');
  });

  test('leaves jobs whose values only their submitter holds to it', () => {
    const bound = insert('owner', true);
    expect(store.claimNext('stranger', 9)).toBeNull();
    expect(store.claimNext('owner', 9)?.id).toBe(bound);
  });
});

describe('counts', () => {
  const STATUSES: (JobStatus | null)[] = [
    null,
    'pending',
    'running',
    'completed',
    'failed',
    'cancelled',
  ];
  const counts = () => STATUSES.map((status) => store.count(status));

  test('follow every change, preparing counting as running', () => {
    expect(counts()).toEqual([0, 0, 0, 0, 0, 0]);
    const id = insert();
    expect(counts()).toEqual([1, 1, 0, 0, 0, 0]);
    store.claimNext('a', 1);
    expect(counts()).toEqual([1, 0, 1, 0, 0, 0]);
    store.markRunning(id, 1, LAUNCH);
    expect(counts()).toEqual([1, 0, 1, 0, 0, 0]);
    store.finish(id, COMPLETED);
    expect(counts()).toEqual([1, 0, 0, 1, 0, 0]);
    store.remove(id);
    expect(counts()).toEqual([0, 0, 0, 0, 0, 0]);
  });

  test('are those of the list', () => {
    insertEnded();
    insertRunning();
    insert();
    for (const status of STATUSES) {
      const { jobs, total } = store.list(status, 100, 0);
      expect({ status, total }).toEqual({ status, total: jobs.length });
    }
  });
});

describe('lists', () => {
  test('are newest first, in pages', () => {
    const ids = [insert(), insert(), insert()].toReversed();
    expect(store.list(null, 2, 0).jobs.map(({ id }) => id)).toEqual(ids.slice(0, 2));
    expect(store.list(null, 2, 2).jobs.map(({ id }) => id)).toEqual(ids.slice(2));
  });

  test('of what is alive and of what is unswept never overlap', () => {
    const [ended, running, pending] = [insertEnded(), insertRunning(), insert()];
    expect(store.alive().map(({ id }) => id)).toEqual([running, pending]);
    expect(store.unswept()).toEqual([ended]);
    store.markSwept(ended);
    expect(store.unswept()).toEqual([]);
  });

  test('of ids by prefix take the prefix literally', () => {
    const id = insert();
    expect(store.idsStartingWith(id.slice(0, 9), 10)).toEqual([id]);
    expect(store.idsStartingWith('', 10)).toEqual([id]);
    expect(store.idsStartingWith('%', 10)).toEqual([]);
    expect(store.idsStartingWith(`${id.slice(0, 8)}~`, 10)).toEqual([]);
  });

  test('of what may be pruned have only ended jobs of that kind and age', () => {
    const ended = insertEnded();
    insertRunning();
    expect(store.prunable(['completed'], 3)).toEqual([ended]);
    expect(store.prunable(['completed'], 2)).toEqual([]);
    expect(store.prunable(['failed', 'cancelled'], 3)).toEqual([]);
    expect(store.prunable([], 3)).toEqual([]);
  });
});

describe('read positions', () => {
  test('belong to a job and a reader', () => {
    const [a, b] = [insert(), insert()];
    store.setReaderCursor(a, '', 'c1-0');
    store.setReaderCursor(a, 'other', 'c2-0');
    store.setReaderCursor(a, '', 'c3-0');
    expect([
      store.readerCursor(a, ''),
      store.readerCursor(a, 'other'),
      store.readerCursor(b, ''),
    ]).toEqual(['c3-0', 'c2-0', null]);
  });

  test('go with their job, and cannot be stored for one that is gone', () => {
    const id = insertEnded();
    store.setReaderCursor(id, '', 'c1-0');
    store.remove(id);
    expect(store.readerCursor(id, '')).toBeNull();
    store.setReaderCursor(id, '', 'c1-0');
    expect(store.readerCursor(id, '')).toBeNull();
  });
});

test('a run that was moved to the background streams from then on', () => {
  const id = insert();
  store.markStreaming(id);
  expect(store.find(id)?.request).toMatchObject({ label: 'test', streaming: true });
});
