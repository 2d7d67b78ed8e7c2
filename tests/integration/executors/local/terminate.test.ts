import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { newJobId } from '../../../../src/core/job-id.ts';
import { identityOf, ownIdentity } from '../../../../src/os/process-identity.ts';
import { groupIsEmpty, JOB_ID_VARIABLE } from '../../../../src/os/process-table.ts';
import { sweepLeftBehind } from '../../../../src/executors/local/terminate.ts';
import {
  beating,
  bystander,
  cleanUp,
  endAfterTest,
  endWithin,
  FIXTURES,
  marked,
  PYTHON,
  type RunningJob,
  scratchFolder,
  startJob,
  startPython,
  stateOf,
  waitFor,
} from './running-job.ts';

afterEach(cleanUp);

const SLEEP = 'import time; print("up", flush=True); time.sleep(30)';

describe('terminate', () => {
  it('lets a TERM handler clean up once, and keeps its exit code', async () => {
    const job = await startPython(`
import signal, sys, time
def stop(*_):
    print("cleaning up", flush=True)
    time.sleep(0.2)
    print("clean", flush=True)
    sys.exit(42)
signal.signal(signal.SIGTERM, stop)
${SLEEP}`);
    await isUp(job);
    expect(await endWithin(await job.target(), 5000)).toEqual({ survivors: [] });
    expect(await job.ended()).toMatchObject({ code: 42 });
    expect(job.stdout()).toBe('up\ncleaning up\nclean\n');
  });

  it('kills a script that ignores TERM, after the grace', async () => {
    const job = await startPython(`
import signal
signal.signal(signal.SIGTERM, signal.SIG_IGN)
${SLEEP}`);
    await isUp(job);
    const begun = performance.now();
    expect(await endWithin(await job.target(), 300)).toEqual({ survivors: [] });
    expect(performance.now() - begun).toBeGreaterThanOrEqual(300);
    expect(await job.ended()).toMatchObject({ code: 137 });
    expect(job.stderr()).toBe('');
  });

  it('ends a stopped script and a stopped supervisor', async () => {
    const job = await startPython(`
import os, signal, threading, time
print("up", flush=True)
os.killpg(0, signal.SIGSTOP)
time.sleep(30)`);
    const supervisor = await job.supervisor();
    await waitFor('the supervisor to stop', () => stateOf(supervisor.pid) === 'T');
    expect(await endWithin(await job.target(), 300)).toEqual({ survivors: [] });
    expect(await job.ended()).toMatchObject({ code: 143 });
  });

  it('asks a script that was only just being started', async () => {
    for (let round = 0; round < 20; round += 1) {
      const job = await startPython(SLEEP);
      await endWithin(await job.target(), 5000);
      expect(await job.ended()).toMatchObject({ code: 143 });
    }
  });

  it('keeps standard input open while the script cleans up', async () => {
    const job = await startPython(
      `
import signal, sys
def stop(*_):
    sys.exit(42)
signal.signal(signal.SIGTERM, stop)
print("up", flush=True)
input()`,
      { interactive: true },
    );
    await isUp(job);
    await endWithin(await job.target(), 5000);
    expect(await job.ended()).toMatchObject({ code: 42 });
    expect(groupIsEmpty(job.launched.pid)).toBe(true);
  });

  it('is quiet when repeated, in parallel, and after the end', async () => {
    const job = await startPython(SLEEP);
    await isUp(job);
    const target = await job.target();
    const both = await Promise.all([endWithin(target, 1000), endWithin(target, 1000)]);
    expect(both).toEqual([{ survivors: [] }, { survivors: [] }]);
    expect(await job.ended()).toMatchObject({ code: 143 });
    expect(await endWithin(target, 1000)).toEqual({ survivors: [] });
  });

  it('finds the rest by its mark when the job has killed its own supervisor', async () => {
    const job = await startPython(`
import os, signal
os.kill(os.getppid(), signal.SIGKILL)
${SLEEP}`);
    const target = await job.target();
    await isUp(job);
    expect(await job.ended()).toBeNull();
    expect(await marked(job.id)).toHaveLength(1);
    expect(await endWithin(target, 1000)).toEqual({ survivors: [] });
    expect(await marked(job.id)).toEqual([]);
    expect(await endWithin({ jobId: job.id, supervisor: null }, 1000)).toEqual({ survivors: [] });
  });

  it('leaves none of 200 processes that each have a session of their own', async () => {
    const job = await startJob([PYTHON, join(FIXTURES, 'fork-bomb.py')]);
    await waitFor('the bomb', () => job.stdout() === 'full\n');
    expect(await endWithin(await job.target(), 0)).toEqual({ survivors: [] });
    expect(await marked(job.id)).toEqual([]);
    expect(await job.ended()).toMatchObject({ code: 137 });
  });

  it('ends the hostile tree, with the daemon that emptied its environment', async () => {
    const folder = scratchFolder();
    const job = await startJob([PYTHON, join(FIXTURES, 'hostile-tree.py'), folder]);
    const kinds = ['child', 'daemon', 'env-wiped', 'main', 'nohup', 'popen-env'];
    kinds.push('respawner', 'setpgid', 'setsid');
    await waitFor('all to beat', () => kinds.every((kind) => existsSync(join(folder, kind))));
    expect(await endWithin(await job.target(), 100)).toEqual({ survivors: [] });
    expect(await job.ended()).toMatchObject({ code: 137 });
    // Neither session, parent nor environment tell where that one came from: its limits do.
    expect(await beating(folder, kinds)).toEqual([]);
  });
});

describe('strangers', () => {
  it('are not signalled when they have got the pid of a supervisor', async () => {
    const stranger = bystander();
    const reused = { ...ownIdentity(), pid: Number(stranger.pid), start: '1' };
    expect(await endWithin({ jobId: newJobId(), supervisor: reused }, 100)).toEqual({
      survivors: [],
    });
    expect(stranger.signalCode).toBeNull();
    expect(identityOf(Number(stranger.pid))).not.toBeNull();
  });

  it('are not signalled when the job runs in another PID namespace', async () => {
    const stranger = bystander();
    const identity = identityOf(Number(stranger.pid));
    const target = { jobId: newJobId(), supervisor: { ...identity!, namespace: '1' } };
    await endWithin(target, 100);
    expect(identityOf(Number(stranger.pid))).not.toBeNull();
  });

  it('are not signalled when the machine was restarted since', async () => {
    const stranger = bystander();
    const identity = identityOf(Number(stranger.pid));
    const target = { jobId: newJobId(), supervisor: { ...identity!, boot: 'before' } };
    expect(await endWithin(target, 100)).toEqual({ survivors: [] });
    expect(await sweepLeftBehind(target)).toEqual({ ended: 0, survivors: [] });
    expect(identityOf(Number(stranger.pid))).toEqual(identity);
  });

  it('are not taken for marked when their mark only begins or ends alike', async () => {
    const id = newJobId();
    const others = [`${id}c`, id.slice(0, -1)].map((mark) =>
      bystander({ [JOB_ID_VARIABLE]: mark }),
    );
    others.push(
      bystander({ [`X${JOB_ID_VARIABLE}`]: id }),
      bystander({ X: `${JOB_ID_VARIABLE}=${id}` }),
    );
    expect(await endWithin({ jobId: id, supervisor: null }, 100)).toEqual({ survivors: [] });
    for (const other of others) expect(identityOf(Number(other.pid))).not.toBeNull();
  });

  it('include ourselves, even below a job that is ended', async () => {
    const id = newJobId();
    const job = spawn(process.execPath, ['-e', KILLS_ITS_OWN_JOB, id], {
      env: { ...process.env, [JOB_ID_VARIABLE]: id },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    endAfterTest(job);
    let said = '';
    job.stdout.on('data', (chunk: Buffer) => (said += chunk.toString()));
    await waitFor('the server inside the job', () => said.includes('{"survivors":[]}'));
  });
});

const KILLS_ITS_OWN_JOB = `
const { terminate } = await import(${JSON.stringify(join(FIXTURES, '../../../src/executors/local/terminate.ts'))});
console.log(JSON.stringify(await terminate({ jobId: process.argv[1], supervisor: null }, { graceMs: 100, steps: [['SIGTERM', 1]] })));`;

function isUp(job: RunningJob): Promise<void> {
  return waitFor('the script to run', () => job.stdout() === 'up\n');
}
