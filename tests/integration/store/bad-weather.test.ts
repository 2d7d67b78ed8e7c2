/** What the database does when another process holds it, the disk is full, or the file is none. */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { describe, expect, onTestFinished, test } from 'vitest';
import { openDatabase, transaction } from '../../../src/store/database.ts';
import { JobLists } from '../../../src/store/job-lists.ts';
import { JobStore } from '../../../src/store/job-store.ts';
import { patiently } from '../../../src/store/patience.ts';
import { newJob } from '../../support/new-job.ts';
import { canMount, withSmallDisk } from '../../support/small-disk.ts';

function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'python-mcp-weather-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

function open(folder: string) {
  const database = openDatabase(join(folder, 'jobs.db'));
  onTestFinished(() => {
    if (database.isOpen) database.close();
  });
  return { database, store: new JobStore(database), lists: new JobLists(database) };
}

describe('a database that another process holds', () => {
  test('is waited for once, however much is to be written, and read all the while', () => {
    const folder = newFolder();
    const [{ store, lists }, other] = [open(folder), open(folder).database];
    store.insert(newJob());
    other.exec('BEGIN IMMEDIATE');
    const refused = () => expect(() => store.insert(newJob())).toThrow('database is locked');
    const first = timeOf(refused);
    const next = timeOf(() => Array.from({ length: 20 }, refused));
    expect(next).toBeLessThan(first);
    expect(lists.list(null, 10, 0).total).toBe(1);
    other.exec('COMMIT');
    store.insert(newJob());
    expect(lists.list(null, 10, 0).total).toBe(2);
  });

  test('holds up a patient write, and nothing else', async () => {
    const folder = newFolder();
    const [{ store }, other] = [open(folder), open(folder).database];
    const job = newJob();
    other.exec('BEGIN IMMEDIATE');
    let beats = 0;
    const heart = setInterval(() => (beats += 1), 1);
    onTestFinished(() => clearInterval(heart));
    const written = patiently(() => store.insert(job));
    while (beats < 50) await pause(1);
    other.exec('COMMIT');
    await written;
    expect(store.find(job.id)).not.toBeNull();
  });

  test('is said to be held when patience is over', async () => {
    const folder = newFolder();
    const [{ store }, other] = [open(folder), open(folder).database];
    other.exec('BEGIN IMMEDIATE');
    await expect(patiently(() => store.insert(newJob()), 0)).rejects.toThrow(
      'Another program holds the job database locked, so nothing was changed. Try again',
    );
  });
});

describe('what is no database', () => {
  test.each<[what: string, make: (path: string) => void, problem: RegExp]>([
    ['a pipe', (path) => execFileSync('mkfifo', [path]), /it is not a regular file\. Check/],
    ['a folder', (path) => mkdirSync(path), /it is not a regular file\. Check/],
    [
      'other text',
      (path) => writeFileSync(path, 'hello '.repeat(200)),
      /not a database\. The file is/,
    ],
  ])('%s is refused at once', (_, make, problem) => {
    const path = join(newFolder(), 'jobs.db');
    make(path);
    expect(() => openDatabase(path)).toThrow(problem);
  });
});

test('a failed transaction tells its own error, though it was rolled back already', () => {
  const { database } = open(newFolder());
  const work = (): never => {
    database.exec('ROLLBACK'); // as SQLite does by itself when the disk is full
    throw new Error('the true one');
  };
  expect(() => transaction(database, work)).toThrow('the true one');
});

test('a record that cannot be read is a job that says so, and the others are listed', () => {
  const { database, store, lists } = open(newFolder());
  const jobs = ['broken', 'null', 'fine'].map((label) => newJob({ request: { label } }));
  for (const job of jobs) store.insert(job);
  const damage = database.prepare('UPDATE jobs SET request = ? WHERE id = ?');
  damage.run('{oops', jobs[0]?.id ?? '');
  damage.run('null', jobs[1]?.id ?? '');
  const labels = lists.list(null, 10, 0).jobs.map(({ request }) => request.label);
  expect(labels.toSorted()).toEqual([
    '(its record cannot be read)',
    '(its record cannot be read)',
    'fine',
  ]);
  expect(store.find(jobs[0]?.id ?? '')?.state.name).toBe('pending');
});

test.skipIf(!canMount)(
  'a full disk gets the reserve: ends can be written, and the database be opened anew',
  () => {
    const folder = newFolder();
    const child = [process.execPath, join(import.meta.dirname, 'full-disk-child.ts'), folder];
    const [command = '', ...args] = withSmallDisk(folder, '24m', child);
    const { status, stderr } = spawnSync(command, args, { encoding: 'utf8' });
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  },
);

function timeOf(work: () => void): number {
  const began = performance.now();
  work();
  return performance.now() - began;
}
