import { readFileSync } from 'node:fs';
import { afterEach, describe, expect, it } from 'vitest';
import { identityOf } from '../../../../src/os/process-identity.ts';
import { liveProcesses } from '../../../../src/os/process-table.ts';
import { cleanUp, startPython, stateOf, waitFor } from './running-job.ts';

afterEach(cleanUp);

describe('identity in the process table', () => {
  it('is read past a command name that imitates the fields after it', async () => {
    const job = await startPython(`
import os
open("/proc/self/comm", "w").write("a) R 1 (x")
print(open("/proc/self/stat").read().split("(x) ")[1].split()[19], flush=True)
open("/proc/self/comm", "w").write("a) R 1 (x")
import time; time.sleep(30)`);
    await waitFor('the start time', () => job.stdout().endsWith('\n'));
    const { pid } = await job.supervisor();
    const script = await only(liveProcesses(), (entry) => entry.ppid === pid);
    expect(readFileSync(`/proc/${script.pid}/comm`, 'utf8')).toBe('a) R 1 (x\n');
    expect(script).toMatchObject({ start: job.stdout().trim(), pgrp: pid, session: pid });
    expect(identityOf(script.pid)?.start).toBe(script.start);
  });

  it('counts a zombie as gone', async () => {
    const job = await startPython(`
import os, time
child = os.fork()
if child == 0: os._exit(0)
os.waitid(os.P_PID, child, os.WEXITED | os.WNOWAIT)
print(child, flush=True)
time.sleep(30)`);
    await waitFor('the zombie', () => job.stdout().endsWith('\n'));
    const zombie = Number(job.stdout());
    expect(stateOf(zombie)).toBe('Z');
    expect(identityOf(zombie)).toBeNull();
  });
});

async function only<T>(items: AsyncIterable<T>, fits: (item: T) => boolean): Promise<T> {
  const found: T[] = [];
  for await (const item of items) if (fits(item)) found.push(item);
  expect(found).toHaveLength(1);
  return found[0]!;
}
