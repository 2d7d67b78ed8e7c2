/** A job is ended for its output only when that really takes more disk space than it may. */
import { chmodSync, mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Job } from '../../../../src/core/job.ts';
import { LocalExecutor } from '../../../../src/executors/local/local-executor.ts';
import type { Engine } from '../../../../src/jobs/context/job-context.ts';
import { OutputShrinker } from '../../../../src/jobs/run/output-shrinker.ts';
import { readGap } from '../../../../src/output/files/output-gap.ts';
import { type JobFolder, jobFolder } from '../../../../src/output/files/job-folder.ts';

const LIMIT = 1024 * 1024;
const job = { id: 'job', request: { maxOutputBytes: LIMIT }, state: { name: 'running' } } as Job;
const path = process.env['PATH'];

let home = '';
let folder: JobFolder;
let ended = 0;
let shrinker: OutputShrinker;

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'output-shrinker-'));
  folder = jobFolder(home, job.id);
  mkdirSync(folder.root);
  ended = 0;
  const executors = new Map([['local', new LocalExecutor('')]]);
  const engine = { jobsDirectory: home, executors };
  shrinker = new OutputShrinker(engine as unknown as Engine, () => (ended += 1));
});

afterEach(() => {
  process.env['PATH'] = path;
  rmSync(home, { recursive: true });
});

test('nothing is given up before the limit is passed', async () => {
  print(0.98 * LIMIT);
  await shrinker.keepWithinLimit(job);
  expect(512 * statSync(folder.stdout).blocks).toBeGreaterThan(0.95 * LIMIT);
});

test('what a job that has ended left is all that is ever given up', async () => {
  print(1.02 * LIMIT);
  await shrinker.keepWithinLimit(job);
  const told = readGap(folder.stdout);
  expect(told).not.toBeNull();
  print(2 * LIMIT);
  writeFileSync(join(folder.root, 'exit'), '0;');
  await shrinker.keepWithinLimit(job);
  expect([readGap(folder.stdout), ended]).toEqual([told, 0]);
});

test('the middle that could not be given back at first is given back later', async () => {
  const fails = commandFails('stdout.log');
  print(1.02 * LIMIT);
  await shrinker.keepWithinLimit(job);
  expect(ended).toBe(0);
  rmSync(fails);
  print(1.05 * LIMIT);
  await shrinker.keepWithinLimit(job);
  expect(ended).toBe(0);
  expect(512 * statSync(folder.stdout).blocks).toBeLessThan(LIMIT / 2);
});

test('a disk that seemed to know no holes is asked again before a job is ended', async () => {
  const fails = commandFails('probe');
  print(1.02 * LIMIT);
  await shrinker.keepWithinLimit(job);
  rmSync(fails);
  print(1.2 * LIMIT);
  await shrinker.keepWithinLimit(job);
  expect(ended).toBe(0);
  expect(512 * statSync(folder.stdout).blocks).toBeLessThan(LIMIT / 2);
});

test.each(['probe', 'stdout.log'])(
  'a job over its limit is ended without holes (%s)',
  async (file) => {
    commandFails(file);
    print(1.02 * LIMIT);
    await shrinker.keepWithinLimit(job);
    expect(ended).toBe(0);
    print(1.7 * LIMIT);
    await shrinker.keepWithinLimit(job);
    expect(ended).toBe(1);
  },
);

function print(bytes: number): void {
  writeFileSync(folder.stdout, 'a line of output\n'.repeat(Math.ceil(bytes / 17)));
}

/** `fallocate` fails on files of this name for as long as the file that is returned is there. */
function commandFails(name: string): string {
  const fails = join(home, 'fails');
  const bin = join(home, 'bin');
  mkdirSync(bin);
  writeFileSync(fails, '');
  const command = `#!/bin/sh\nPATH='${path}'\nfor last; do :; done
case $last in */${name}) [ -e '${fails}' ] && exit 1 ;; esac\nexec fallocate "$@"\n`;
  writeFileSync(join(bin, 'fallocate'), command);
  chmodSync(join(bin, 'fallocate'), 0o755);
  process.env['PATH'] = `${bin}${delimiter}${path}`;
  return fails;
}
