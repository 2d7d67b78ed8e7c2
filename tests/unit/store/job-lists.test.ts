import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Client } from '../../../src/core/client.ts';
import type { EndedState, JobStatus, Launch } from '../../../src/core/job.ts';
import { openDatabase } from '../../../src/store/database.ts';
import type { JobFilter } from '../../../src/store/job-filter.ts';
import { JobLists } from '../../../src/store/job-lists.ts';
import type { ListOrder } from '../../../src/store/list-order.ts';
import { JobStore } from '../../../src/store/job-store.ts';
import { claimant, newJob } from '../../support/new-job.ts';

const LAUNCH = { interpreter: '/usr/bin/python3', notes: [] as string[] } as Launch;
const COMPLETED: EndedState = {
  name: 'completed',
  startedAt: 2,
  launch: LAUNCH,
  endedAt: 3,
  outcome: { kind: 'exited', code: 0 },
  exitCode: 0,
  usage: null,
};
const LOOKED_AT = 20;
const ALL: JobFilter = {
  status: null,
  text: null,
  client: null,
  label: null,
  since: null,
  from: null,
};

let folder: string;
let store: JobStore;
let lists: JobLists;
let clock: number;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'python-mcp-store-'));
  const database = openDatabase(join(folder, 'jobs.db'));
  store = new JobStore(database);
  lists = new JobLists(database, LOOKED_AT);
  clock = 0;
});
afterEach(() => {
  store.close();
  rmSync(folder, { recursive: true, force: true });
});

function insert(label = 'test', client: Client | null = null, tool = 'run'): string {
  clock += 1;
  const job = newJob({ request: { label, tool }, submittedBy: 'server', client, createdAt: clock });
  store.insert(job);
  return job.id;
}

function insertHeld(submittedBy: string): string {
  clock += 1;
  const job = newJob({ request: { label: 'held' }, submittedBy, bound: true, createdAt: clock });
  store.insert(job);
  return job.id;
}

function insertRunning(label?: string): string {
  const id = insert(label);
  expect(store.claimNext(claimant('server', 100))?.id).toBe(id);
  expect(store.markRunning(id, 2, LAUNCH)).toBe(true);
  return id;
}

function insertEnded(label?: string): string {
  const id = insertRunning(label);
  expect(store.finish(id, COMPLETED)).toBe(true);
  return id;
}

function labelled(
  filter: Partial<JobFilter>,
  limit = 50,
  offset = 0,
  order: ListOrder = 'newest',
): string[] {
  const { jobs } = lists.matching({ ...ALL, ...filter }, order, limit, offset);
  return jobs.map(({ request }) => request.label);
}

describe('counts', () => {
  const STATUSES: (JobStatus | null)[] = [
    null,
    'pending',
    'running',
    'completed',
    'failed',
    'cancelled',
  ];
  const counts = () => STATUSES.map((status) => lists.count(status));

  test('follow every change, preparing counting as running', () => {
    expect(counts()).toEqual([0, 0, 0, 0, 0, 0]);
    const id = insert();
    expect(counts()).toEqual([1, 1, 0, 0, 0, 0]);
    store.claimNext(claimant('a', 1));
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
      const { jobs, total } = lists.list(status, 100, 0);
      expect({ status, total }).toEqual({ status, total: jobs.length });
    }
  });
});

describe('lists', () => {
  test('are newest first, in pages', () => {
    const ids = [insert(), insert(), insert()].toReversed();
    expect(lists.list(null, 2, 0).jobs.map(({ id }) => id)).toEqual(ids.slice(0, 2));
    expect(lists.list(null, 2, 2).jobs.map(({ id }) => id)).toEqual(ids.slice(2));
  });

  test('have first what runs, then what waits, in pages', () => {
    const [ended, running] = [insertEnded(), insertRunning()];
    const last = insertEnded();
    const waiting = insert();
    const expected = [running, waiting, last, ended];
    for (let offset = 0; offset < 5; offset += 1) {
      for (const limit of [1, 2, 3]) {
        const { jobs, total } = lists.activeFirst(limit, offset);
        expect([total, jobs.map(({ id }) => id)]).toEqual([
          4,
          expected.slice(offset, offset + limit),
        ]);
      }
    }
  });

  test('come in the order that is asked for', () => {
    const ends: [label: string, at: number][] = [
      ['beta', 9],
      ['Alpha', 5],
      ['gamma', 7],
    ];
    for (const [label, endedAt] of ends)
      store.finish(insertRunning(label), { ...COMPLETED, endedAt });
    insert('waits');
    const inOrder = (order: ListOrder) => labelled({}, 50, 0, order);
    expect(inOrder('newest')).toEqual(['waits', 'gamma', 'Alpha', 'beta']);
    expect(inOrder('oldest')).toEqual(['beta', 'Alpha', 'gamma', 'waits']);
    expect(inOrder('active')).toEqual(['waits', 'gamma', 'Alpha', 'beta']);
    expect(inOrder('longest')).toEqual(['beta', 'gamma', 'Alpha', 'waits']);
    expect(inOrder('shortest')).toEqual(['Alpha', 'gamma', 'beta', 'waits']);
    expect(inOrder('label')).toEqual(['Alpha', 'beta', 'gamma', 'waits']);
    expect(labelled({}, 2, 1, 'label')).toEqual(['beta', 'gamma']);
  });

  test('of what is under way and of what is unswept never overlap', () => {
    expect(lists.isIdle()).toBe(true);
    const [ended, running] = [insertEnded(), insertRunning()];
    insert();
    expect(lists.active().map(({ id }) => id)).toEqual([running]);
    expect(lists.isIdle()).toBe(false);
    expect(lists.unswept()).toEqual([ended]);
    store.markSwept(ended);
    expect(lists.unswept()).toEqual([]);
  });

  test('of ids by prefix take the prefix literally', () => {
    const id = insert();
    expect(lists.idsStartingWith(id.slice(0, 9), 10)).toEqual([id]);
    expect(lists.idsStartingWith('', 10)).toEqual([id]);
    expect(lists.idsStartingWith('%', 10)).toEqual([]);
    expect(lists.idsStartingWith(`${id.slice(0, 8)}~`, 10)).toEqual([]);
  });

  test('of waiting jobs whose values are held name the holders', () => {
    insert();
    const held = [insertHeld('b'), insertHeld('a'), insertHeld('b')];
    expect(lists.holders()).toEqual(['a', 'b']);
    expect(lists.heldBy('b', 10)).toEqual([held[0], held[2]]);
    expect(lists.heldBy('b', 1).length).toBe(1);
    store.endPending(held[1] as string, 'abandoned', 'x');
    expect(lists.holders()).toEqual(['b']);
  });

  test('of ended jobs have only those of that kind and age, page by page', () => {
    const ended = [insertEnded(), insertEnded()];
    insertRunning();
    const [first, second] = lists.ended('completed', 3, null, 10);
    expect([first?.id, second?.id]).toEqual(ended);
    expect(lists.ended('completed', 3, first ?? null, 10)).toEqual([second]);
    expect(lists.ended('completed', 3, second ?? null, 10)).toEqual([]);
    expect(lists.ended('completed', 2, null, 10)).toEqual([]);
    expect(lists.ended('failed', 3, null, 10)).toEqual([]);
  });

  test('of ended jobs know the size of those that were measured', () => {
    const [small, large, unknown] = [insertEnded(), insertEnded(), insertEnded()];
    expect(lists.unmeasured(10)).toEqual([small, large, unknown]);
    store.markMeasured(new Map([[small, 10]]));
    store.markAtRest(large, 500);
    expect(lists.unmeasured(10)).toEqual([unknown]);
    expect(lists.ended('completed', 3, null, 10).map(({ diskBytes }) => diskBytes)).toEqual([
      10,
      500,
      null,
    ]);
    expect(lists.diskUse()).toBe(510);
  });
});

describe('a filtered list', () => {
  const claude = { name: 'claude-code', version: '2.1' };

  test('finds a text in id, label, tool and client, upper and lower case alike', () => {
    const id = insert('Übung 100%', claude, 'bench');
    insert('other', { name: 'a_b', version: null });
    for (const text of [id.slice(4, 20), 'üBUNG', '100%', 'Bench', 'CODE 2.1']) {
      expect([text, labelled({ text })]).toEqual([text, ['Übung 100%']]);
    }
    expect(labelled({ text: 'a_b' })).toEqual(['other']);
    expect(labelled({ text: 'ung 1%' })).toEqual([]);
  });

  test('finds what a job runs, and the error that ended it', () => {
    clock += 1;
    const request = { label: 'by file', scriptPath: '/data/Train_Net.py' };
    const job = newJob({ request, submittedBy: 'server', createdAt: clock });
    store.insert(job);
    expect(labelled({ text: 'train_net' })).toEqual(['by file']);
    expect(labelled({ text: 'keyerror' })).toEqual([]);
    store.claimNext(claimant('server', 100));
    store.finish(job.id, { ...COMPLETED, name: 'failed', exitCode: 1, error: "KeyError: 'Ämter'" });
    expect(labelled({ text: "keyerror: 'ämter'" })).toEqual(['by file']);
    expect(labelled({ label: 'by file' })).toEqual(['by file']);
  });

  test('counts what fits in each state, whatever state is asked for', () => {
    insertEnded('a ended');
    insertRunning('a runs');
    insert('a waits');
    insert('other');
    for (const status of [null, 'running'] as const) {
      const { counts, total } = lists.matching({ ...ALL, text: 'a ', status }, 'newest', 50, 0);
      expect(counts).toEqual({ pending: 1, running: 1, completed: 1, failed: 0, cancelled: 0 });
      expect(total).toBe(status ? 1 : 3);
    }
  });

  test('knows a client by its name, whatever its version', () => {
    insert('old', { ...claude, version: '2.0' });
    insert('nobody');
    insert('new', claude);
    insert('similar', { name: 'claude-code-2', version: null });
    expect(labelled({ client: 'claude-code' })).toEqual(['new', 'old']);
    expect(labelled({ client: 'claude-code', text: '2.0' })).toEqual(['old']);
    expect(labelled({ client: 'claude-code 2.1' })).toEqual([]);
    expect(lists.clientNames()).toEqual(['claude-code', 'claude-code-2']);
  });

  test('has only jobs of the status, as they are now', () => {
    insertEnded('a ended');
    const running = insertRunning('a runs');
    insert('a waits');
    expect(labelled({ text: 'a ', status: 'running' })).toEqual(['a runs']);
    store.finish(running, COMPLETED);
    expect(labelled({ text: 'a ', status: 'completed' })).toEqual(['a runs', 'a ended']);
  });

  test('knows how labels begin, and when jobs were accepted', () => {
    insert('train 1');
    insert('no train');
    insert('Train 2');
    expect(labelled({ label: 'train' })).toEqual(['Train 2', 'train 1']);
    expect(labelled({ label: 'train 1' })).toEqual(['train 1']);
    expect(labelled({ since: 2 })).toEqual(['Train 2', 'no train']);
    expect(labelled({ since: 2, label: 'train' })).toEqual(['Train 2']);
    expect(lists.idsLabelled('train', 5)).toEqual([]);
    expect(lists.idsLabelled('train 2', 5)).toHaveLength(1);
  });

  test('goes in pages, and forgets jobs that were removed', () => {
    const ids = [insert('x1', claude), insert('x2'), insert('x3')];
    expect(labelled({ text: 'x' }, 2)).toEqual(['x3', 'x2']);
    expect(labelled({ text: 'x' }, 2, 2)).toEqual(['x1']);
    store.remove(ids[0] as string);
    expect(lists.matching({ ...ALL, text: 'x' }, 'newest', 50, 0)).toMatchObject({
      total: 2,
      next: null,
    });
    expect(lists.clientNames()).toEqual([]);
  });

  test('looks at so many jobs at once, and says where to go on', () => {
    const ids = Array.from({ length: LOOKED_AT + 2 }, (_, at) => insert(`job ${at}`)).toReversed();
    const first = lists.matching({ ...ALL, text: 'job' }, 'newest', 1, 0);
    expect(first).toMatchObject({ total: LOOKED_AT, next: ids[LOOKED_AT] });
    const rest = lists.matching({ ...ALL, text: 'job', from: first.next }, 'newest', 50, 0);
    expect(rest).toMatchObject({ total: 2, next: null });
    expect(rest.jobs.map(({ id }) => id)).toEqual(ids.slice(LOOKED_AT));
    // Exactly so many: then there is nothing to go on with.
    store.remove(ids.at(-1) as string);
    store.remove(ids.at(-2) as string);
    expect(lists.matching({ ...ALL, text: 'job' }, 'newest', 1, 0)).toMatchObject({
      total: LOOKED_AT,
      next: null,
    });
  });

  test('by a rare client looks at the jobs of that client alone', () => {
    insert('rare', claude);
    for (let job = 0; job <= LOOKED_AT; job += 1) insert();
    expect(lists.matching({ ...ALL, client: 'claude-code' }, 'newest', 50, 0)).toMatchObject({
      total: 1,
      next: null,
    });
  });
});
