import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { newJobId } from '../../../../src/core/job-id.ts';
import { identityOf } from '../../../../src/os/process-identity.ts';
import { sweepLeftBehind } from '../../../../src/executors/local/terminate.ts';
import {
  beating,
  bystander,
  cleanUp,
  FIXTURES,
  marked,
  PYTHON,
  scratchFolder,
  startPython,
} from './running-job.ts';

afterEach(cleanUp);

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

  it('ends a daemon with an emptied environment, by its limits', async () => {
    const job = await startPython(`
import os
reader, writer = os.pipe()
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        os.write(writer, b"%d" % os.getpid())
        os.execve("/bin/sleep", ["sleep", "30"], {})
    os._exit(0)
os.wait()
print(os.read(reader, 99).decode())`);
    const target = await job.target();
    await job.ended();
    const left = identityOf(Number(job.stdout()));
    expect(left).not.toBeNull();
    expect(await sweepLeftBehind(target)).toEqual({ ended: 1, survivors: [] });
    expect(identityOf(left!.pid)).toBeNull();
  });

  it('ends a child without any mark that stayed in the session', async () => {
    const job = await startPython(`
import resource, subprocess
unmark = lambda: resource.setrlimit(resource.RLIMIT_RSS, (2**40, resource.RLIM_INFINITY))
print(subprocess.Popen(["/bin/sleep", "30"], env={}, preexec_fn=unmark).pid)`);
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
