import { afterEach, describe, expect, it } from 'vitest';
import { newJobId } from '../../../../src/core/job-id.ts';
import { identityOf } from '../../../../src/os/process-identity.ts';
import {
  childrenOf,
  findMembers,
  isShellOf,
  searchFor,
  signalExactly,
} from '../../../../src/executors/local/job-members.ts';
import { bystander, cleanUp, startPython, waitFor } from './running-job.ts';

afterEach(cleanUp);

describe('members of a job', () => {
  it('are the script and the holder of its standard input, not the supervisor', async () => {
    const job = await startPython('import os; print(os.getpid(), flush=True); input()', {
      interactive: true,
    });
    await waitFor('the script', () => job.stdout().endsWith('\n'));
    const script = Number(job.stdout());
    const target = await job.target();
    const members = await findMembers(searchFor(target, null));
    const pids = members.map(({ pid }) => pid).sort((a, b) => a - b);
    expect(pids).toEqual(childrenOf(target.supervisor.pid).sort((a, b) => a - b));
    expect(pids).toHaveLength(2);
    // What is still shell code must not be asked to end: the signal would be lost to the script.
    expect(pids.filter((pid) => !isShellOf(target.supervisor, pid))).toEqual([script]);
  });
});

describe('signalExactly', () => {
  it('signals the process meant, and no other that has its pid', async () => {
    const search = searchFor({ jobId: newJobId(), supervisor: null }, null);
    const child = bystander();
    const { pid, start } = identityOf(Number(child.pid))!;
    signalExactly(search, { pid, start: String(Number(start) - 1) }, 'SIGTERM');
    signalExactly(search, { pid, start }, 'SIGKILL');
    await waitFor('its end', () => child.signalCode !== null);
    expect(child.signalCode).toBe('SIGKILL'); // the first signal would have decided
  });
});
