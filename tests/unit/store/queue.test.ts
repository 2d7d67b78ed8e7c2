/** What jobs wait for beside their turn: locks, GPUs, other jobs. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { EndedState, JobRequest } from '../../../src/core/job.ts';
import { openDatabase } from '../../../src/store/database.ts';
import type { Capacities } from '../../../src/store/holdings.ts';
import { JobStore } from '../../../src/store/job-store.ts';
import { claimant, LAUNCH, newJob } from '../../support/new-job.ts';

const PLACES = 100;

let folder: string;
let store: JobStore;
let shared: Partial<Capacities>;
let clock: number;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'python-mcp-queue-'));
  store = new JobStore(openDatabase(join(folder, 'jobs.db')));
  shared = {};
  clock = 0;
});
afterEach(() => {
  store.close();
  rmSync(folder, { recursive: true, force: true });
});

function insert(request: Partial<JobRequest>, submittedBy = 'server', bound = false): string {
  clock += 1;
  return store.insert(newJob({ request, submittedBy, bound, createdAt: clock }));
}

function claim(server = 'server'): string | null {
  return store.claimNext(claimant(server, PLACES, shared))?.id ?? null;
}

function end(id: string, name: EndedState['name'] = 'completed', endedAt = Date.now()): void {
  store.markRunning(id, 1, LAUNCH);
  const code = name === 'completed' ? 0 : 1;
  const outcome = { kind: 'exited', code } as const;
  const ended = {
    name,
    startedAt: 1,
    launch: LAUNCH,
    endedAt,
    outcome,
    exitCode: code,
    usage: null,
  };
  expect(store.finish(id, ended)).toBe(true);
}

describe('a lock', () => {
  test('is held by one job at a time, from its turn until it has ended and nothing of it runs', () => {
    const [first, second] = [insert({ locks: ['a'] }), insert({ locks: ['a'] })];
    expect([claim(), claim()]).toEqual([first, null]);
    store.markRunning(first, 1, LAUNCH);
    expect(claim()).toBeNull();
    end(first);
    expect(claim()).toBeNull(); // nobody has looked yet for what it left running
    store.markSwept(first);
    expect([claim(), claim()]).toEqual([second, null]);
  });

  test('is free again although nobody can clear up behind the job that held it', () => {
    const [first, second] = [insert({ locks: ['a'] }), insert({ locks: ['a'] })];
    claim();
    end(first, 'failed', Date.now() - 3_600_000);
    expect(claim()).toBe(second);
  });

  test('does not keep others from running', () => {
    insert({ locks: ['a'] });
    const [waits, other, none] = [insert({ locks: ['a'] }), insert({ locks: ['b'] }), insert({})];
    claim();
    expect([claim(), claim(), claim()]).toEqual([other, none, null]);
    expect(store.find(waits)?.state.name).toBe('pending');
  });

  test('has as many places as the settings say, also one that is called like a part of every object', () => {
    shared = { locks: new Map([['a', 2]]) };
    const ids = [1, 2, 3].map(() => insert({ locks: ['a'] }));
    expect([claim(), claim(), claim()]).toEqual([ids[0], ids[1], null]);
    const [odd] = [insert({ locks: ['constructor'] }), insert({ locks: ['constructor'] })];
    expect([claim(), claim()]).toEqual([odd, null]);
  });

  test('stays with a job that another server takes over', () => {
    const [first] = [insert({ locks: ['a'] }), insert({ locks: ['a'] })];
    claim('dead');
    expect(store.takeOver(first, 'dead', 'server')).toBe(true);
    expect(claim()).toBeNull();
  });

  test('comes back from a job that was cancelled, before its start as well', () => {
    const [first, second, third] = [1, 2, 3].map(() => insert({ locks: ['a'] }));
    claim();
    store.endPending(String(second), 'cancelled', 'server');
    const cancelled = { kind: 'cancelled' } as const;
    const never = {
      startedAt: null,
      launch: null,
      exitCode: null,
      usage: null,
      endedAt: Date.now(),
    };
    const ended = { name: 'cancelled', outcome: cancelled, ...never } as const;
    store.finish(String(second), ended, store.find(String(second)) ?? undefined);
    end(String(first));
    store.markSwept(String(first));
    expect(claim()).toBe(third);
  });

  test('goes from one submitter to the next, however many jobs each has', () => {
    const [first] = [1, 2, 3].map(() => insert({ locks: ['a'] }, 'busy'));
    const single = insert({ locks: ['a'] }, 'other');
    expect(claim()).toBe(first);
    end(String(first));
    store.markSwept(String(first));
    expect(claim()).toBe(single);
  });

  test('is kept for a job that needs more than it alone', () => {
    const holder = insert({ locks: ['a'] });
    const both = insert({ locks: ['a', 'b'] });
    const later = insert({ locks: ['b'] });
    expect([claim(), claim()]).toEqual([holder, null]);
    end(holder);
    store.markSwept(holder);
    expect([claim(), claim()]).toEqual([both, null]);
    end(both);
    store.markSwept(both);
    expect(claim()).toBe(later);
  });

  test('is kept for a job that only another server can launch, while that one lives', () => {
    insert({ locks: ['a'] }, 'other', true);
    const ours = insert({ locks: ['a'] }, 'server');
    end(insertRunning({}, 'server')); // whose last turn is longest ago comes first
    expect(claim()).toBeNull();
    const lonely = { ...claimant('server', PLACES), lives: () => false };
    expect(store.claimNext(lonely)?.id).toBe(ours);
  });
});

function insertRunning(request: Partial<JobRequest>, by: string): string {
  const id = insert(request, by);
  expect(claim(by)).toBe(id);
  return id;
}

describe('GPUs', () => {
  test('are handed out, each to one job', () => {
    shared = { devices: ['0', '1', 'GPU-x'] };
    const [two, one, waits] = [insert({ gpus: 2 }), insert({ gpus: 1 }), insert({ gpus: 1 })];
    expect([claim(), claim(), claim()]).toEqual([two, one, null]);
    expect(store.find(two)?.devices).toEqual(['0', '1']);
    expect(store.find(one)?.devices).toEqual(['GPU-x']);
    end(two);
    store.markSwept(two);
    expect(claim()).toBe(waits);
    expect(store.find(waits)?.devices).toEqual(['0']);
  });

  test('are not given away one by one under a job that needs them all', () => {
    shared = { devices: ['0', '1'] };
    const first = insert({ gpus: 1 });
    const both = insert({ gpus: 2 });
    insert({ gpus: 1 });
    expect([claim(), claim()]).toEqual([first, null]);
    end(first);
    store.markSwept(first);
    expect(claim()).toBe(both);
  });

  test('are no matter for a server that has fewer than a job needs', () => {
    shared = { devices: ['0'] };
    insert({ gpus: 2, locks: ['a'] });
    const other = insert({ gpus: 1, locks: ['a'] });
    expect(claim()).toBe(other);
  });
});

describe('a job after others', () => {
  test('runs when all of them have completed, whoever was accepted first', () => {
    const [a, b] = [insert({}), insert({})];
    const after = insert({ after: [a, b] });
    expect([claim(), claim(), claim()]).toEqual([a, b, null]);
    end(b);
    expect(claim()).toBeNull();
    expect(store.awaitedJobs(after)).toEqual([a]);
    end(a);
    expect(claim()).toBe(after);
  });

  test('need not wait for what has completed already', () => {
    const a = insert({});
    claim();
    end(a);
    const after = insert({ after: [a] });
    expect(claim()).toBe(after);
  });

  test.each(['failed', 'cancelled'] as const)('never runs when one of them %s', (name) => {
    const [a, b] = [insert({}), insert({})];
    const after = insert({ after: [a, b] });
    claim();
    claim();
    end(a, name);
    end(b);
    expect(claim()).toBeNull();
    expect(store.hopelessJobs(9)).toEqual([{ id: after, failed: a }]);
  });

  test('is hopeless at once when one of them failed before, or is gone', () => {
    const a = insert({});
    claim();
    end(a, 'failed');
    const [late, gone] = [insert({ after: [a] }), insert({ after: ['nothing'] })];
    expect(store.hopelessJobs(9)).toEqual([
      { id: late, failed: a },
      { id: gone, failed: 'nothing' },
    ]);
  });

  test('can be removed before the one it waits for has ended', () => {
    const a = insert({});
    store.remove(insert({ after: [a] }));
    claim();
    end(a);
    expect(store.hopelessJobs(9)).toEqual([]);
  });
});
