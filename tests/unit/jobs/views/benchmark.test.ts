import { mkdirSync, writeFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import type { Job } from '../../../../src/core/job.ts';
import { benchmarkProgress, benchmarkResult } from '../../../../src/jobs/views/benchmark.ts';
import { type JobFolder, jobFolder } from '../../../../src/output/files/job-folder.ts';
import { newRequest } from '../../../support/new-job.ts';
import { testHome } from '../../../support/test-home.ts';

/** Pairs of seconds, of the script and of the one that it is compared with. */
function measured(pairs: [number, number][]): { job: Job; folder: JobFolder } {
  const folder = jobFolder(testHome().home, 'aaaaaaaaaa');
  mkdirSync(folder.control, { recursive: true });
  for (const path of [folder.stdout, folder.stderr]) writeFileSync(path, '');
  const rows = pairs.flatMap((pair) =>
    pair.map((seconds, script) => ({
      script,
      warmup: false,
      exit_code: 0,
      wall_time_seconds: seconds,
      user_seconds: 0,
      system_seconds: 0,
      peak_rss_bytes: 1,
      stdout_from: 0,
      stderr_from: 0,
    })),
  );
  writeFileSync(folder.benchmark, JSON.stringify(rows));
  const state = { name: 'pending' } as const;
  return { job: { id: 'aaaaaaaaaa', request: newRequest(), state } as unknown as Job, folder };
}

function comparison(...pairs: [number, number][]) {
  const { job, folder } = measured(pairs);
  return benchmarkResult(job, folder)?.compared;
}

test('two scripts are compared pair by pair, and their difference is told when every pair shows it', () => {
  expect(comparison([2, 1], [4, 1], [1, 0.9])).toMatchObject({
    wall_time_ratio: { min: 0.25, median: 0.5, max: 0.9 },
    summary:
      'compare_with takes 0.5 × the time of the script (0.25 to 0.9 in 3 pairs): it is faster.',
  });
  expect(comparison([1, 2], [1, 3])?.summary).toBe(
    'compare_with takes 2.5 × the time of the script (2 to 3 in 2 pairs): it is slower.',
  );
  expect(comparison([1, 2], [1, 0.5])?.summary).toMatch(
    /^No clear difference: compare_with takes /,
  );
  expect(comparison([1, 2])).toMatchObject({
    wall_time_ratio: 2,
    summary: 'compare_with takes 2 × the time of the script, in one pair: too few to tell.',
  });
});

test('what took no time at all has a ratio as well', () => {
  const { cpu_time_ratio: ratio } = comparison([1, 1], [1, 1]) ?? {};
  expect(ratio).toEqual({ min: 0, median: 0, max: 0 });
});

test('rows are few, however many runs there were', () => {
  const { job, folder } = measured(Array.from({ length: 60 }, () => [1, 1]));
  const result = benchmarkResult(job, folder);
  expect(result).toMatchObject({
    runs: 60,
    rows: { length: 50 },
    compared: { rows: { length: 50 } },
  });
});

test('each of a pair is a run, also those that do not count', () => {
  const { folder } = measured([[2, 4]]);
  const asked = { runs: 2, warmup: 1, compareWith: { scriptPath: null } };
  expect(benchmarkProgress(asked, folder)).toMatchObject({
    current: 2,
    total: 6,
    message: 'run 1 of 4',
    eta_seconds: 12,
  });
  expect(benchmarkProgress({ runs: 2, warmup: 3 }, folder)?.message).toBe('warm-up 3 of 3');
});
