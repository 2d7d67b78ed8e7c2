/** Pruning of folders as scripts leave them. */
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import type { Engine } from '../../../../src/jobs/context/job-context.ts';
import { pruneJobs } from '../../../../src/jobs/maintenance/prune.ts';
import { openDatabase } from '../../../../src/store/database.ts';
import { JobLists } from '../../../../src/store/job-lists.ts';
import { JobStore } from '../../../../src/store/job-store.ts';
import { newJob } from '../../../support/new-job.ts';

const EVERYTHING = {
  keepCompleted: false,
  keepFailed: false,
  keepCancelled: false,
  maxAgeHours: 0,
  dryRun: false,
};

function newHome(): Engine {
  const root = mkdtempSync(join(tmpdir(), 'python-mcp-prune-'));
  const database = openDatabase(join(root, 'jobs.db'));
  const [store, lists] = [new JobStore(database), new JobLists(database)];
  onTestFinished(() => {
    store.close();
    execFileSync('rm', ['-rf', root]);
  });
  const log = { debug() {}, info() {}, warn() {}, error() {} };
  return { store, lists, log, jobsDirectory: root } as unknown as Engine;
}

function addJob({ store, jobsDirectory }: Engine, bytes = 8192): string {
  const job = newJob({ createdAt: 1 });
  const { id } = job;
  mkdirSync(join(jobsDirectory, id));
  writeFileSync(join(jobsDirectory, id, 'stdout.log'), Buffer.alloc(bytes));
  store.insert(job);
  store.finish(id, {
    name: 'completed',
    startedAt: 1,
    launch: null,
    endedAt: 2,
    outcome: { kind: 'exited', code: 0 },
    exitCode: 0,
    usage: null,
  });
  return id;
}

test('what dry_run counts is counted once: sizes are kept with the rows', async () => {
  const home = newHome();
  const ids = [addJob(home), addJob(home)];
  const dryRun = { ...EVERYTHING, dryRun: true };
  const expected = { removed: 2, remaining: 0, freed_bytes: 2 * 8192 };
  expect(await pruneJobs(home, dryRun)).toEqual(expected);
  rmSync(join(home.jobsDirectory, ids[0] ?? ''), { recursive: true });
  expect(await pruneJobs(home, dryRun)).toEqual(expected);
  expect(await pruneJobs(home, EVERYTHING)).toEqual(expected);
  expect(home.lists.count(null)).toBe(0);
});

test('folders nested deeper than a path may be long are removed with the others', async () => {
  const home = newHome();
  const [nested, plain] = [addJob(home), addJob(home)];
  const nest =
    'import os, sys\nos.chdir(sys.argv[1])\nfor _ in range(3000):\n os.mkdir("d"); os.chdir("d")';
  execFileSync('python3', ['-c', nest, join(home.jobsDirectory, nested)]);
  expect(await pruneJobs(home, EVERYTHING)).toMatchObject({ removed: 2, remaining: 0 });
  for (const id of [nested, plain]) expect(existsSync(join(home.jobsDirectory, id))).toBe(false);
});

test('a folder that cannot be removed is named, and stops none of the others', async (context) => {
  const home = newHome();
  const [stubborn, plain] = [addJob(home), addJob(home)];
  const held = join(home.jobsDirectory, stubborn, 'held');
  mkdirSync(held);
  const { status } = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', held]);
  context.skip(status !== 0, 'nothing can be mounted here');
  onTestFinished(() => void spawnSync('umount', ['-l', held]));
  const reply = await pruneJobs(home, EVERYTHING);
  expect(reply).toMatchObject({ removed: 1, remaining: 1 });
  expect(reply.message).toContain(`${stubborn} (rm: cannot remove`);
  expect(home.store.find(plain)).toBeNull();
  expect(home.store.find(stubborn)).not.toBeNull();
});
