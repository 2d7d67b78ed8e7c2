/** Two scripts in turns, and how far a benchmark is. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { waitFor } from '../support/wait-for.ts';
import { fileServer } from './file-server.ts';

const served = fileServer();

/** Adds its letter to a file, and prints it. */
const writes = (letter: string): string =>
  `open("turns", "a").write("${letter}")\nprint("${letter}")\n`;

test('two scripts run in turns, each first in every other pair, and are compared pair by pair', async () => {
  const server = served();
  const { directory, compared, ...first } = await server.call('py_benchmark_script', {
    directory: server.work,
    script_content: writes('a'),
    compare_with: writes('b'),
    runs: 3,
    warmup: 1,
  });
  expect(directory).toBeUndefined();
  expect(readFileSync(join(server.work, 'turns'), 'utf8')).toBe('abbaabba');
  expect(first).toMatchObject({ runs: 3, warmup: 1, last_output: { stdout: 'a\n', stderr: '' } });
  expect(compared.last_output).toEqual({ stdout: 'b\n', stderr: '' });
  const ratios = [0, 1, 2]
    .map((at) => compared.rows[at].wall_time_seconds / first.rows[at].wall_time_seconds)
    .toSorted((a, b) => a - b);
  const { min, median, max } = compared.wall_time_ratio;
  [min, median, max].forEach((ratio, at) => expect(ratio).toBeCloseTo(ratios[at] ?? 0, 5));
  expect(Object.keys(compared.cpu_time_ratio)).toEqual(['min', 'median', 'max']);
  expect(compared.summary).toMatch(/ompare_with takes [\d.]+ × the time of the script \(/);
});

test('the second script may be a file or a saved one, beside any first', async () => {
  const server = served();
  writeFileSync(join(server.work, 'b.py'), writes('file'));
  await server.call('py_save_script', { script_name: 'kept', source: 'print("kept")' });
  const run = { directory: server.work, script_content: 'pass' };
  const file = await server.call('py_benchmark_script', { ...run, compare_with: 'b.py' });
  expect(file.compared.last_output.stdout).toBe('file\n');
  const saved = await server.call('py_benchmark_script', {
    script_name: 'kept',
    compare_with: 'kept',
  });
  expect(saved.compared.last_output.stdout).toBe('kept\n');
  const command = await server.call('py_benchmark_script', {
    command: ['python', '-c', 'pass'],
    compare_with: 'print(1)',
  });
  expect(command.compared.last_output.stdout).toBe('1\n');
  expect(await server.refusal('py_benchmark_script', { ...run, compare_with: 'no.py' })).toBe(
    `compare_with: "no.py" does not exist (${server.work}/no.py). ` +
      'Pass the path of a Python file, absolute or relative to directory.',
  );
});

test('a second script that fails ends the benchmark, and the error is its own', async () => {
  const server = served();
  const failed = await server.call('py_benchmark_script', {
    script_content: 'pass',
    compare_with: 'raise ValueError("no")',
    runs: 3,
  });
  expect(failed).toMatchObject({
    status: 'failed',
    runs: 1,
    error: expect.stringContaining('ValueError: no (compared.py, line 1)'),
  });
  expect(failed.compared).toBeUndefined();
});

/** Waits in its second run, behind a bar of its own. */
const STOPS_IN_SECOND = `
import os, time
os.makedirs("runs", exist_ok=True)
number = len(os.listdir("runs"))
open("runs/%d" % number, "w").close()
print("7/10", flush=True)
while number == 1 and not os.path.exists("go"): time.sleep(0.02)
`;

test('while it runs it says which run of how many, whatever its script prints', async () => {
  const server = served();
  const { job_id: id } = await server.call('py_benchmark_script', {
    directory: server.work,
    script_content: STOPS_IN_SECOND,
    runs: 2,
    warmup: 1,
    async_mode: true,
  });
  const look = async () => {
    const { job } = await server.call('py_job_status', { job_id: id, incremental: true });
    return job.progress?.message === 'run 1 of 2' && job.progress;
  };
  const progress = await waitFor(look, 30_000, 'the second run');
  expect(progress).toMatchObject({ current: 1, total: 3, percent: 33.3, source: 'benchmark' });
  const told: string[] = [];
  const onprogress = ({ message = '' }: { message?: string | undefined }) => told.push(message);
  const wait = server.call('py_job_status', { job_id: id, wait_seconds: 45 }, { onprogress });
  await waitFor(() => told.length > 0, 30_000, 'a progress notification');
  writeFileSync(join(server.work, 'go'), '');
  await wait;
  expect(told[0]).toBe('run 1 of 2');
  expect(await server.ended(id)).toMatchObject({ status: 'completed', progress: null });
});
