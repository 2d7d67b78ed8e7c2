/** A process group stands still for as long as somebody holds it, and not a moment longer. */
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, expect, test } from 'vitest';
import { holdStill } from '../../../../src/executors/local/pause-group.ts';
import { readStat } from '../../../../src/os/process-stat.ts';
import { liveProcesses } from '../../../../src/os/process-table.ts';
import { waitFor } from '../../../support/wait-for.ts';
import { cleanUp, startPython } from './running-job.ts';

const execute = promisify(execFile);
const HOLD_STILL = resolve(import.meta.dirname, '../../../../src/executors/local/pause-group.ts');

afterEach(cleanUp);

const TWO_PROCESSES = `
import os, time
os.fork()
print("here", flush=True)
time.sleep(30)`;

test('all of a group stands still until it is let go', async () => {
  const { group } = await startGroup();
  const letGo = await holdStill(group);
  try {
    await waitFor(async () => (await states(group)) === 'TTT', 5_000);
  } finally {
    await letGo();
  }
  expect(await states(group)).not.toContain('T');
});

test('the group goes on when its holder is killed', async () => {
  const { group } = await startGroup();
  const hold = `await (await import('${HOLD_STILL}')).holdStill(${group}); console.log('held');`;
  const holder = spawn(process.execPath, ['--input-type=module', '--eval', hold], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  try {
    await once(holder.stdout, 'data');
    await waitFor(async () => (await states(group)) === 'TTT', 5_000);
  } finally {
    holder.kill('SIGKILL');
  }
  await waitFor(async () => !(await states(group)).includes('T'), 5_000);
});

test('a group that has ended is let go at once', async () => {
  const job = await startPython('print(1)');
  const { pid } = await job.supervisor();
  await job.ended();
  await (
    await holdStill(pid)
  )();
});

test('a process without descriptors left goes on without holding anything', async () => {
  const hold = `
    import { closeSync, openSync } from 'node:fs';
    import { holdStill } from '${HOLD_STILL}';
    const held = [];
    try { for (;;) held.push(openSync('/dev/null')); } catch {}
    const letGo = await holdStill(${process.pid});
    await letGo();
    held.forEach(closeSync);
    console.log('went on');`;
  const limited = 'ulimit -n 64; exec "$0" --input-type=module --eval "$1"';
  const { stdout } = await execute('/bin/sh', ['-c', limited, process.execPath, hold]);
  expect(stdout).toBe('went on\n');
});

/** The supervisor, the script and its child. */
async function startGroup(): Promise<{ group: number }> {
  const job = await startPython(TWO_PROCESSES);
  const { pid } = await job.supervisor();
  await waitFor(() => job.stdout() === 'here\nhere\n', 10_000);
  return { group: pid };
}

/** One letter for each process of the group. */
async function states(group: number): Promise<string> {
  let letters = '';
  for await (const { pid, pgrp } of liveProcesses()) {
    if (pgrp === group) letters += readStat(pid)?.state ?? '';
  }
  return letters;
}
