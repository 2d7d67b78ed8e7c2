import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { newJobId } from '../../../src/core/job-id.ts';
import { identityOf, ownIdentity } from '../../../src/process/identity.ts';
import {
  carriesMark,
  groupIsEmpty,
  JOB_ID_VARIABLE,
  liveProcesses,
} from '../../../src/process/process-table.ts';
import { sweepLeftBehind, terminate } from '../../../src/process/terminate.ts';
import {
  FIXTURES,
  PYTHON,
  removeJobs,
  type RunningJob,
  startJob,
  startPython,
  waitFor,
} from './running-job.ts';

const scratch: string[] = [];
const bystanders: ChildProcess[] = [];
afterEach(async () => {
  await removeJobs();
  for (const child of bystanders.splice(0)) child.kill('SIGKILL');
  for (const folder of scratch.splice(0)) rmSync(folder, { recursive: true, force: true });
});

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
    expect(await terminate(await job.target(), 5000)).toEqual({ survivors: [] });
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
    expect(await terminate(await job.target(), 300)).toEqual({ survivors: [] });
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
    expect(await terminate(await job.target(), 300)).toEqual({ survivors: [] });
    expect(await job.ended()).toMatchObject({ code: 143 });
  });

  it('asks a script that was only just being started', async () => {
    for (let round = 0; round < 20; round += 1) {
      const job = await startPython(SLEEP);
      await terminate(await job.target(), 5000);
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
    await terminate(await job.target(), 5000);
    expect(await job.ended()).toMatchObject({ code: 42 });
    expect(groupIsEmpty(job.launched.pid)).toBe(true);
  });

  it('is quiet when repeated, in parallel, and after the end', async () => {
    const job = await startPython(SLEEP);
    await isUp(job);
    const target = await job.target();
    const both = await Promise.all([terminate(target, 1000), terminate(target, 1000)]);
    expect(both).toEqual([{ survivors: [] }, { survivors: [] }]);
    expect(await job.ended()).toMatchObject({ code: 143 });
    expect(await terminate(target, 1000)).toEqual({ survivors: [] });
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
    expect(await terminate(target, 1000)).toEqual({ survivors: [] });
    expect(await marked(job.id)).toEqual([]);
    expect(await terminate({ jobId: job.id, supervisor: null }, 1000)).toEqual({ survivors: [] });
  });

  it('leaves none of 200 processes that each have a session of their own', async () => {
    const job = await startJob([PYTHON, join(FIXTURES, 'fork-bomb.py')]);
    await waitFor('the bomb', () => job.stdout() === 'full\n');
    expect(await terminate(await job.target(), 0)).toEqual({ survivors: [] });
    expect(await marked(job.id)).toEqual([]);
    expect(await job.ended()).toMatchObject({ code: 137 });
  });

  it('ends the hostile tree, but for the daemon that emptied its environment', async () => {
    const folder = scratchFolder();
    const job = await startJob([PYTHON, join(FIXTURES, 'hostile-tree.py'), folder]);
    const kinds = ['child', 'daemon', 'env-wiped', 'main', 'nohup', 'popen-env'];
    kinds.push('respawner', 'setpgid', 'setsid');
    await waitFor('all to beat', () => kinds.every((kind) => existsSync(join(folder, kind))));
    try {
      expect(await terminate(await job.target(), 100)).toEqual({ survivors: [] });
      expect(await job.ended()).toMatchObject({ code: 137 });
      // Neither session, parent nor environment tell where it came from: only a sandbox reaches it.
      expect(await beating(folder, kinds)).toEqual(['env-wiped']);
    } finally {
      process.kill(Number(readFileSync(join(folder, 'env-wiped'), 'utf8')), 'SIGKILL');
    }
  });
});

describe('strangers', () => {
  it('are not signalled when they have got the pid of a supervisor', async () => {
    const stranger = bystander();
    const { boot } = ownIdentity();
    const reused = { pid: Number(stranger.pid), start: '1', boot };
    expect(await terminate({ jobId: newJobId(), supervisor: reused }, 100)).toEqual({
      survivors: [],
    });
    expect(stranger.signalCode).toBeNull();
    expect(identityOf(Number(stranger.pid))).not.toBeNull();
  });

  it('are not signalled when the machine was restarted since', async () => {
    const stranger = bystander();
    const identity = identityOf(Number(stranger.pid));
    const target = { jobId: newJobId(), supervisor: { ...identity!, boot: 'before' } };
    expect(await terminate(target, 100)).toEqual({ survivors: [] });
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
    expect(await terminate({ jobId: id, supervisor: null }, 100)).toEqual({ survivors: [] });
    for (const other of others) expect(identityOf(Number(other.pid))).not.toBeNull();
  });

  it('include ourselves, even below a job that is ended', async () => {
    const id = newJobId();
    const job = spawn(process.execPath, ['-e', KILLS_ITS_OWN_JOB, id], {
      env: { ...process.env, [JOB_ID_VARIABLE]: id },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    bystanders.push(job);
    let said = '';
    job.stdout.on('data', (chunk: Buffer) => (said += chunk.toString()));
    await waitFor('the server inside the job', () => said.includes('{"survivors":[]}'));
  });
});

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

describe('sweepLeftBehind', () => {
  it('finds nothing behind an ordinary job', async () => {
    const job = await startPython('print(1)');
    const target = await job.target();
    await job.ended();
    expect(await sweepLeftBehind(target)).toEqual({ ended: 0, survivors: [] });
  });

  it('ends a daemon that the script has left, politely first', async () => {
    const folder = scratchFolder();
    const job = await startPython(`
import os, signal, sys, time
if os.fork() == 0:
    os.setsid()
    def stop(*_):
        open("${folder}/stopped", "w").close()
        os._exit(0)
    signal.signal(signal.SIGTERM, stop)
    open("${folder}/ready", "w").close()
    time.sleep(30)
while not os.path.exists("${folder}/ready"): time.sleep(0.01)`);
    const target = await job.target();
    expect(await job.ended()).toMatchObject({ code: 0 });
    expect(await marked(job.id)).toHaveLength(1);
    expect(await sweepLeftBehind(target)).toEqual({ ended: 1, survivors: [] });
    expect(await marked(job.id)).toEqual([]);
    expect(existsSync(join(folder, 'stopped'))).toBe(true);
  });

  it('kills a daemon that ignores TERM', async () => {
    const folder = scratchFolder();
    const beat = [PYTHON, join(FIXTURES, 'heartbeat.py'), folder, 'daemon'];
    const job = await startPython(`
import subprocess, os, time
subprocess.Popen(${JSON.stringify(beat)}, start_new_session=True)
while not os.path.exists("${folder}/daemon"): time.sleep(0.01)`);
    const target = await job.target();
    await job.ended();
    expect(await sweepLeftBehind(target)).toEqual({ ended: 1, survivors: [] });
    expect(await beating(folder, ['daemon'])).toEqual([]);
  });

  it('ends a child with an emptied environment that stayed in the session', async () => {
    const job = await startPython(`
import subprocess
print(subprocess.Popen(["/bin/sleep", "30"], env={}).pid)`);
    const target = await job.target();
    const exit = await job.ended();
    const left = identityOf(Number(job.stdout()));
    expect(left).not.toBeNull();
    expect(await sweepLeftBehind(target)).toEqual({ ended: 0, survivors: [] });
    expect(await sweepLeftBehind(target, exit!.endedAt)).toEqual({ ended: 1, survivors: [] });
    expect(identityOf(left!.pid)).toBeNull();
  });

  it('spares a session that was founded under the same number after the end', async () => {
    const stranger = identityOf(Number(bystander().pid))!;
    const supervisor = { ...stranger, start: String(Number(stranger.start) - 1000) };
    const endedAt = Date.now() - 5000;
    expect(await sweepLeftBehind({ jobId: newJobId(), supervisor }, endedAt)).toEqual({
      ended: 0,
      survivors: [],
    });
    expect(identityOf(stranger.pid)).toEqual(stranger);
  });
});

const KILLS_ITS_OWN_JOB = `
const { terminate } = await import(${JSON.stringify(join(FIXTURES, '../../../src/process/terminate.ts'))});
console.log(JSON.stringify(await terminate({ jobId: process.argv[1], supervisor: null }, 100)));`;

function scratchFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'pmcp-beats-'));
  scratch.push(folder);
  return folder;
}

function bystander(env: Record<string, string> = {}): ChildProcess {
  const child = spawn('/bin/sleep', ['30'], { detached: true, stdio: 'ignore', env });
  bystanders.push(child);
  return child;
}

function isUp(job: RunningJob): Promise<void> {
  return waitFor('the script to run', () => job.stdout() === 'up\n');
}

function stateOf(pid: number): string | undefined {
  return readFileSync(`/proc/${pid}/stat`, 'latin1').split(') ').at(-1)?.[0];
}

async function marked(jobId: string): Promise<number[]> {
  const pids: number[] = [];
  for await (const entry of liveProcesses()) if (carriesMark(entry, jobId)) pids.push(entry.pid);
  return pids;
}

/** Which of them rewrite their file within a quarter of a second, 25 times their pace. */
async function beating(folder: string, names: string[]): Promise<string[]> {
  const times = () => new Map(names.map((name) => [name, statSync(join(folder, name)).mtimeMs]));
  const before = times();
  await new Promise((resolve) => setTimeout(resolve, 250));
  const after = times();
  return readdirSync(folder).filter(
    (name) => before.has(name) && after.get(name) !== before.get(name),
  );
}

async function only<T>(items: AsyncIterable<T>, fits: (item: T) => boolean): Promise<T> {
  const found: T[] = [];
  for await (const item of items) if (fits(item)) found.push(item);
  expect(found).toHaveLength(1);
  return found[0]!;
}
