/** What every tick, poll and run asks the database: found in an index, however long the history. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, afterEach, expect, test } from 'vitest';
import { type Database, openDatabase } from '../../../src/store/database.ts';
import { JobLists } from '../../../src/store/job-lists.ts';
import { JobStore } from '../../../src/store/job-store.ts';
import { claimant } from '../../support/new-job.ts';

/** Walks through all rows of a table whose rows stay, or through an index of them. */
const WALK = /^SCAN (jobs|busy|earlier|job_search|readers)\b/;
/** Hold nothing but what is still to be done: to go through one of them is the work itself. */
const TO_DO =
  /USING (COVERING )?INDEX jobs_(active|held|queued|hopeless|unswept|unmeasured|not_at_rest)\b/;

let folder: string;
let database: Database;
let asked: string[];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'python-mcp-plans-'));
  database = openDatabase(join(folder, 'jobs.db'));
  asked = [];
  const prepare = database.prepare.bind(database);
  database.prepare = (sql: string) => {
    asked.push(sql);
    return prepare(sql);
  };
});
afterEach(() => {
  database.close();
  rmSync(folder, { recursive: true, force: true });
});

test.each<[what: string, ask: (lists: JobLists, store: JobStore) => unknown]>([
  ['jobs under way', (lists) => lists.active()],
  ['whether there are any', (lists) => lists.isIdle()],
  ['holders of values', (lists) => lists.holders()],
  ['what one of them holds', (lists) => lists.heldBy('x', 1)],
  ['what is to be swept', (lists) => lists.unswept()],
  ['what is to be measured', (lists) => lists.unmeasured(10)],
  ['what is to be packed', (lists) => lists.notAtRest(0, 10)],
  ['the oldest', (lists) => lists.oldestEnded(0, 10)],
  ['what may be pruned', (lists) => lists.ended('failed', 0, null, 10)],
  ['the newest that failed', (lists) => lists.list('failed', 50, 0)],
  ['ids', (lists) => lists.idsStartingWith('0', 10)],
  ['clients', (lists) => lists.clientNames()],
  ['what can never run', (_, store) => store.hopelessJobs(50)],
  ['who waits for whom', (_, store) => store.awaitedJobs('x')],
  ['who holds what', (_, store) => store.holdings(claimant('x', 1).capacities)],
  ['disk space', (lists) => lists.diskUse()],
  ['one job', (_, store) => store.find('x')],
])('%s', (_, ask) => {
  ask(new JobLists(database), new JobStore(database));
  expect(plans().length).toBeGreaterThan(0);
  expect(plans().filter(growsWithHistory)).toEqual([]);
});

test('the next job in turn: no more is sorted than one job of each submitter', () => {
  new JobStore(database).claimNext(claimant('x', 10));
  expect(plans().filter(growsWithHistory)).toEqual(['USE TEMP B-TREE FOR ORDER BY']);
  expect(plans()).toContain('SCAN heads');
});

function plans(): string[] {
  return [...asked].flatMap(planOf);
}

function planOf(sql: string): string[] {
  const rows = database.prepare(`EXPLAIN QUERY PLAN ${sql}`).all();
  asked.pop();
  return rows.map((row) => String(row['detail']));
}

function growsWithHistory(step: string): boolean {
  return (WALK.test(step) && !TO_DO.test(step)) || step.includes('TEMP B-TREE');
}
