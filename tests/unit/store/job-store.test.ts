import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Client } from '../../../src/core/client.ts';
import { type EndedState, NOBODY } from '../../../src/core/job.ts';
import { openDatabase } from '../../../src/store/database.ts';
import { JobStore } from '../../../src/store/job-store.ts';
import { claimant, LAUNCH, newJob } from '../../support/new-job.ts';

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

function insert(submittedBy = 'server', bound = false, client: Client | null = null): string {
  clock += 1;
  const job = newJob({ submittedBy, bound, client, createdAt: clock });
  store.insert(job);
  return job.id;
}

function insertRunning(submittedBy = 'server'): string {
  const id = insert(submittedBy);
  expect(store.claimNext(claimant(submittedBy, 100))?.id).toBe(id);
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
    expect(store.claimNext(claimant('a', 1))?.state).toEqual({ name: 'preparing', claimedBy: 'a' });
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

  test('takes over a decision that nobody could carry out, and ends by none that it was not judged by', () => {
    const id = insertRunning();
    store.markEnding(id, 'cancelled', 'far');
    store.leaveEnding(id, 'far');
    const left = store.find(id);
    expect(left).toMatchObject({ ending: 'cancelled', endingBy: NOBODY });
    expect(store.markEnding(id, 'timed_out', 'near')).toBe(true);
    expect(store.markEnding(id, 'cancelled', 'other')).toBe(false);
    expect(store.finish(id, COMPLETED, left ?? undefined)).toBe(false);
    expect(store.finish(id, COMPLETED, store.find(id) ?? undefined)).toBe(true);
  });

  test('that was ended while pending cannot be claimed any more', () => {
    const id = insert();
    expect(store.endPending(id, 'cancelled', 'a')).toBe(true);
    expect(store.endPending(id, 'cancelled', 'b')).toBe(false);
    expect(store.claimNext(claimant('a', 10))).toBeNull();
  });

  test('keeps whom it is for', () => {
    const client = { name: 'claude-code', version: '2.1' };
    expect(store.find(insert('server', false, client))?.client).toEqual(client);
    const versionless = { name: 'cli', version: null };
    expect(store.find(insert('server', false, versionless))?.client).toEqual(versionless);
    expect(store.find(insert())?.client).toBeNull();
  });

  test('is taken over only from the server that is thought to hold it', () => {
    const id = insert();
    store.claimNext(claimant('dead', 1));
    expect(store.takeOver(id, 'other', 'b')).toBe(false);
    expect(store.takeOver(id, 'dead', 'b')).toBe(true);
    expect(store.takeOver(id, 'dead', 'c')).toBe(false);
    expect(store.find(id)?.state).toEqual({ name: 'preparing', claimedBy: 'b' });
  });
});

describe('claiming', () => {
  test('stops at the limit of active jobs', () => {
    for (let job = 0; job < 4; job += 1) insert();
    expect([1, 2, 3, 4].map(() => store.claimNext(claimant('a', 3)) !== null)).toEqual([
      true,
      true,
      true,
      false,
    ]);
  });

  test('takes the oldest of one submitter first', () => {
    const ids = [insert(), insert(), insert()];
    expect(ids.map(() => store.claimNext(claimant('a', 9))?.id)).toEqual(ids);
  });

  test('prefers the submitter with the fewest active jobs', () => {
    for (let job = 0; job < 5; job += 1) insert('busy');
    const single = insert('other');
    expect(store.claimNext(claimant('x', 9))?.submittedBy).toBe('busy');
    expect(store.claimNext(claimant('x', 9))?.id).toBe(single);
    expect(store.claimNext(claimant('x', 9))?.submittedBy).toBe('busy');
  });

  test('takes turns where there is one place for all', () => {
    for (let job = 0; job < 5; job += 1) insert('busy');
    insert('other');
    insert('other');
    const served = [1, 2, 3, 4, 5].map((time) => {
      const job = store.claimNext(claimant('x', 1));
      store.markRunning(job?.id ?? '', time, LAUNCH);
      store.finish(job?.id ?? '', { ...COMPLETED, startedAt: time });
      return job?.submittedBy;
    });
    expect(served).toEqual(['busy', 'other', 'busy', 'other', 'busy']);
  });

  test('counts what could not be started as a turn', () => {
    for (let job = 0; job < 3; job += 1) insert('broken');
    const single = insert('other');
    const broken = store.claimNext(claimant('x', 1))?.id ?? '';
    store.finish(broken, { ...COMPLETED, name: 'failed', startedAt: null, launch: null });
    expect(store.claimNext(claimant('x', 1))?.id).toBe(single);
  });

  test('does not care which clients a submitter works for', () => {
    const client = { name: 'one', version: null };
    const first = insert('busy', false, client);
    const second = insert('busy', false, { name: 'other', version: null });
    const single = insert('idle', false, client);
    expect([1, 2, 3].map(() => store.claimNext(claimant('x', 9))?.id)).toEqual([
      first,
      single,
      second,
    ]);
  });

  test('leaves jobs whose values only their submitter holds to it', () => {
    const bound = insert('owner', true);
    expect(store.claimNext(claimant('stranger', 9))).toBeNull();
    expect(store.claimNext(claimant('owner', 9))?.id).toBe(bound);
  });
});

describe('read positions', () => {
  test('belong to a job and a reader', () => {
    const [a, b] = [insert(), insert()];
    store.moveReader(a, '', () => 'c1-0');
    store.moveReader(a, 'other', () => 'c2-0');
    store.moveReader(a, '', () => 'c3-0');
    expect([
      store.readerCursor(a, ''),
      store.readerCursor(a, 'other'),
      store.readerCursor(b, ''),
    ]).toEqual(['c3-0', 'c2-0', null]);
  });

  test('are moved from where they are', () => {
    const id = insert();
    store.moveReader(id, '', (from) => `${from}`);
    store.moveReader(id, '', (from) => `after ${from}`);
    expect(store.readerCursor(id, '')).toBe('after null');
  });

  test('go with their job, and cannot be stored for one that is gone', () => {
    const id = insertEnded();
    store.moveReader(id, '', () => 'c1-0');
    store.remove(id);
    expect(store.readerCursor(id, '')).toBeNull();
    store.moveReader(id, '', () => 'c1-0');
    expect(store.readerCursor(id, '')).toBeNull();
  });
});

test('a run that was moved to the background streams from then on', () => {
  const id = insert();
  store.markStreaming(id);
  expect(store.find(id)?.request).toMatchObject({ label: 'test', streaming: true });
});
