/** The size of output is looked at until the watch is stopped, and not once more. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { Job } from '../../../../src/core/job.ts';
import type { Engine } from '../../../../src/jobs/context/job-context.ts';
import { UNTOLD } from '../../../../src/os/every.ts';
import type { Log } from '../../../../src/os/log.ts';
import { OutputCap } from '../../../../src/jobs/run/output-cap.ts';
import { jobFolder } from '../../../../src/output/files/job-folder.ts';

const job = { id: 'job', request: { maxOutputBytes: 1024 * 1024 } } as Job;

let home = '';
let cap: OutputCap;

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'output-cap-'));
  const folder = jobFolder(home, job.id);
  mkdirSync(folder.root);
  writeFileSync(folder.stdout, 'output');
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  cap = new OutputCap({ jobsDirectory: home, log: UNTOLD as Log } as Engine, () => {});
});

afterEach(() => {
  cap.stop();
  vi.useRealTimers();
  rmSync(home, { recursive: true });
});

test('a look is followed by another', async () => {
  cap.watch(job);
  await lookTaken();
  expect(vi.getTimerCount()).toBe(1);
});

test('a look that is under way when the watch is stopped is the last one', async () => {
  cap.watch(job);
  vi.advanceTimersByTime(1);
  cap.stop();
  await lookTaken();
  expect(vi.getTimerCount()).toBe(0);
});

/** A look at little output waits for nothing but turns of its own. */
function lookTaken(): Promise<void> {
  vi.advanceTimersByTime(1);
  return new Promise((resolve) => setImmediate(resolve));
}
