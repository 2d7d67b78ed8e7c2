import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { Config } from '../../../src/config/settings.ts';
import { LocalExecutor } from '../../../src/executors/local/local-executor.ts';
import type { Engine } from '../../../src/jobs/context/job-context.ts';
import { compactOutput } from '../../../src/jobs/maintenance/compact-output.ts';
import { PutOff } from '../../../src/jobs/maintenance/put-off.ts';
import { removeOldJobs } from '../../../src/jobs/maintenance/retention.ts';
import { openDatabase } from '../../../src/store/database.ts';
import { JobLists } from '../../../src/store/job-lists.ts';
import { JobStore } from '../../../src/store/job-store.ts';
import { newJob } from '../../support/new-job.ts';

const DAY = 86_400_000;
const never = new AbortController().signal;
const NO_LIMITS = { keep_jobs_days: 0, keep_jobs_max: 0, keep_jobs_bytes: 0 };

interface Home {
  engine: Engine;
  /** Ended `daysAgo`, with output of so many bytes. */
  add(daysAgo: number, bytes?: number): string;
}

function newHome(limits: Partial<Config>): Home {
  const root = mkdtempSync(join(tmpdir(), 'python-mcp-retention-'));
  const database = openDatabase(join(root, 'jobs.db'));
  const [store, lists] = [new JobStore(database), new JobLists(database)];
  onTestFinished(() => {
    store.close();
    rmSync(root, { recursive: true, force: true });
  });
  const log = { debug() {}, info() {}, warn() {}, error() {} };
  const config = { ...NO_LIMITS, ...limits } as Config;
  const executors = new Map([['local', new LocalExecutor('')]]);
  const parts = { config, store, lists, log, executors, jobsDirectory: root };
  const engine = parts as unknown as Engine;
  return { engine, add: (daysAgo, bytes = 100) => addEndedJob(engine, daysAgo, bytes) };
}

function addEndedJob({ store, jobsDirectory }: Engine, daysAgo: number, bytes: number): string {
  const endedAt = Date.now() - daysAgo * DAY;
  const job = newJob({ createdAt: endedAt });
  const { id } = job;
  mkdirSync(join(jobsDirectory, id));
  writeFileSync(join(jobsDirectory, id, 'stdout.log'), Buffer.alloc(bytes, 'line of output\n'));
  store.insert(job);
  store.finish(id, {
    name: 'completed',
    startedAt: endedAt,
    launch: null,
    endedAt,
    outcome: { kind: 'exited', code: 0 },
    exitCode: 0,
    usage: null,
  });
  return id;
}

function left({ engine }: Home, ids: string[]): boolean[] {
  return ids.map((id) => {
    const [row, folder] = [
      engine.store.find(id) !== null,
      existsSync(join(engine.jobsDirectory, id)),
    ];
    expect(row).toBe(folder);
    return row;
  });
}

describe('retention', () => {
  test('without limits removes nothing', async () => {
    const home = newHome({});
    const ids = [home.add(4000), home.add(0)];
    expect(await removeOldJobs(home.engine, new PutOff(), never)).toBe(0);
    expect(left(home, ids)).toEqual([true, true]);
  });

  test('removes jobs that ended too long ago', async () => {
    const home = newHome({ keep_jobs_days: 30 });
    const ids = [home.add(31), home.add(29), home.add(0)];
    expect(await removeOldJobs(home.engine, new PutOff(), never)).toBe(1);
    expect(left(home, ids)).toEqual([false, true, true]);
  });

  test('removes what ended first beyond a number', async () => {
    const home = newHome({ keep_jobs_max: 2 });
    const ids = [home.add(1), home.add(5), home.add(3), home.add(4)];
    expect(await removeOldJobs(home.engine, new PutOff(), never)).toBe(2);
    expect(left(home, ids)).toEqual([true, false, true, false]);
  });

  test('removes what ended first beyond the disk space, as packed', async () => {
    const home = newHome({ keep_jobs_bytes: 100_000 });
    const ids = [home.add(3, 80_000), home.add(2, 60_000), home.add(1, 5_000_000)];
    for (const id of ids) expect(await compactOutput(home.engine, id, never)).toBe(true);
    expect(existsSync(join(home.engine.jobsDirectory, ids[2] ?? '', 'stdout.log.zst'))).toBe(true);
    expect(await removeOldJobs(home.engine, new PutOff(), never)).toBe(1);
    expect(left(home, ids)).toEqual([false, true, true]);
    expect(home.engine.lists.diskUse()).toBeLessThan(100_000);
  });

  test('never touches a job that has not ended', async () => {
    const home = newHome({ keep_jobs_max: 1, keep_jobs_days: 1 });
    const job = newJob({ createdAt: Date.now() - 90 * DAY });
    const { id } = job;
    home.engine.store.insert(job);
    home.add(90);
    await removeOldJobs(home.engine, new PutOff(), never);
    expect(home.engine.store.find(id)).not.toBe(null);
  });
});
