/** Silence of a supervisor: a process of ours is not lost while it lives, however long it says nothing. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import type { Placed } from '../../../../src/executors/executor.ts';
import { placementNow, ranForMs } from '../../../../src/executors/local/local-clock.ts';
import { LocalExecutor } from '../../../../src/executors/local/local-executor.ts';
import { createJobFolder, jobFolder } from '../../../../src/output/files/job-folder.ts';

const HOUR_MS = 3_600_000;

test('own children are never lost, those of others after a while', async () => {
  const home = mkdtempSync(join(tmpdir(), 'silent-'));
  mkdirSync(join(home, 'jobs'));
  // Lives until it is let go, and says nothing.
  writeFileSync(join(home, 'supervise.sh'), 'until [ -e "$1/go" ]; do sleep 0.02; done\n');
  const folder = jobFolder(join(home, 'jobs'), 'job');
  createJobFolder(folder);
  const [own, other] = [new LocalExecutor(home), new LocalExecutor(home)];
  const placed: Placed = { jobId: 'job', folder, isRunning: true, placement: null };
  const common = {
    stdinText: null,
    interactive: false,
    memoryLimitMb: null,
    timeoutSeconds: 0,
    sandbox: null,
  };
  const plan = { jobId: 'job', folder, argv: ['true'], cwd: home, ...common };
  const env = { PATH: String(process.env['PATH']) };
  const { ended } = await own.launch({ ...plan, env });
  const kinds = (): string[] => [own, other].map((executor) => executor.look(placed).kind);
  expect(kinds()).toEqual(['absent', 'absent']);
  vi.spyOn(performance, 'now').mockReturnValue(performance.now() + HOUR_MS);
  expect(kinds()).toEqual(['absent', 'lost']);
  vi.restoreAllMocks();
  writeFileSync(join(folder.root, 'go'), '');
  await ended;
  rmSync(home, { recursive: true });
});

test('how long a job has run is not asked of the wall clock', () => {
  const placement = placementNow();
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 2 * HOUR_MS });
  onTestFinished(() => void vi.useRealTimers());
  expect(ranForMs(placement)).toBeLessThan(HOUR_MS);
});
