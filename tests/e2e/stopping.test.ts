/** Whoever stops a script, and why: what it has to put in order is in order, and nothing is left. */
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { startRawServer } from '../support/raw-server.ts';
import { startServer, type TestServer } from '../support/start-server.ts';
import { testHome } from '../support/test-home.ts';
import { IN_ORDER, leftBy, STUBBORN, TRAINING } from '../support/training.ts';
import { waitFor } from '../support/wait-for.ts';
import { fileServer } from './file-server.ts';

const served = fileServer();

async function prints(server: TestServer, id: string, text: string): Promise<void> {
  const has = () => server.output(id, 'stdout').includes(text);
  await waitFor(has, 30_000, `${text} of job ${id}`);
}

describe('a script that trains', () => {
  test('has its checkpoint when it is cancelled', async () => {
    const server = served();
    const id = await server.start(TRAINING);
    await prints(server, id, 'training');
    const reply = await server.call('py_cancel_job', { job_id: id });
    expect(reply).toMatchObject({ status: 'cancelled', survivors: [] });
    expect(leftBy(server.work)).toEqual(IN_ORDER);
    expect(existsSync(join(server.work, 'scratch'))).toBe(false);
    expect(server.output(id, 'stdout').toString()).toBe('training\ninterrupted by user\n');
    expect(await server.processes(id)).toEqual([]);
  });

  test('has its checkpoint at its time limit, also one that takes three seconds', async () => {
    const server = served();
    const id = await server.start(TRAINING, {
      timeout_seconds: 2,
      env_vars: { SAVING_TAKES: '3' },
    });
    expect((await server.ended(id)).outcome.kind).toBe('timed_out');
    expect(leftBy(server.work)).toEqual(IN_ORDER);
    expect(existsSync(join(server.work, 'scratch'))).toBe(false);
    expect(await server.processes(id)).toEqual([]);
  });

  test('has its checkpoint at its time limit when no server is there', async () => {
    const server = await startServer();
    const id = await server.start(TRAINING, { timeout_seconds: 2 });
    await prints(server, id, 'training');
    await server.kill('SIGKILL');
    const gone = async () => (await server.processes(id)).length === 0;
    await waitFor(gone, 30_000, 'the script to end by itself');
    expect(leftBy(server.work)).toEqual(IN_ORDER);
    const next = await startServer({ on: server });
    expect((await next.ended(id)).outcome.kind).toBe('timed_out');
  });

  test.each(['SIGTERM', 'SIGINT'] as const)(
    'has its checkpoint when its server is ended by %s',
    async (signal) => {
      const home = testHome();
      const server = await startRawServer(home);
      const run = { directory: home.work, script_content: TRAINING };
      server.send({
        jsonrpc: '2.0',
        id: 50,
        method: 'tools/call',
        params: { name: 'py_run_script_in_dir', arguments: run },
      });
      const started = () => home.jobIds().find((id) => home.output(id, 'stdout').length > 0);
      const id = await waitFor(started, 30_000, 'the training');
      server.process.kill(signal);
      expect(await server.exited(10_000)).toBe(0);
      expect(leftBy(home.work)).toEqual(IN_ORDER);
      expect(existsSync(join(home.work, 'scratch'))).toBe(false);
      expect(await home.processes(id)).toEqual([]);
    },
  );
});

describe('a script that goes on all the same', () => {
  test('is asked twice, each way once, when it is cancelled', async () => {
    const server = served();
    const id = await server.start(STUBBORN);
    await prints(server, id, 'up\n');
    const cancel = () => server.call('py_cancel_job', { job_id: id, grace_seconds: 1 });
    const replies = await Promise.all([cancel(), cancel()]);
    for (const reply of replies) expect(reply).toMatchObject({ status: 'cancelled' });
    expect(server.output(id, 'stdout').toString()).toBe('up\nSIGINT\nSIGTERM\n');
  });

  test('is asked twice, each way once, at its time limit', async () => {
    const server = served();
    const id = await server.start(STUBBORN, { timeout_seconds: 1 });
    const job = await server.ended(id);
    expect(job.outcome).toEqual({ kind: 'timed_out', limit_seconds: 1 });
    expect(server.output(id, 'stdout').toString()).toBe('up\nSIGINT\nSIGTERM\n');
  });

  test('is asked once by all servers of its home together', async () => {
    const server = served();
    const other = await startServer({ on: server });
    const id = await server.start(STUBBORN, { timeout_seconds: 1 });
    await prints(server, id, 'up\n');
    const cancels = [server, other].map((each) =>
      each.call('py_cancel_job', { job_id: id, grace_seconds: 3 }),
    );
    await Promise.all(cancels);
    expect(server.output(id, 'stdout').toString()).toBe('up\nSIGINT\nSIGTERM\n');
    await other.session.close();
  });

  test('gets no time at all without a grace', async () => {
    const server = served();
    const id = await server.start(STUBBORN);
    await prints(server, id, 'up\n');
    await server.call('py_cancel_job', { job_id: id, grace_seconds: 0 });
    expect(server.output(id, 'stdout').toString()).toBe('up\n');
  });
});

test('the children of a script get the interrupt too, as from a terminal', async () => {
  const server = served();
  const child = 'import sys, time\ntry:\n    print("child", flush=True)\n    time.sleep(600)\n';
  writeFileSync(
    join(server.work, 'child.py'),
    `${child}except KeyboardInterrupt:\n    print("child interrupted", flush=True)\n    sys.exit(3)\n`,
  );
  const id = await server.start(
    'import subprocess, sys\nchild = subprocess.Popen([sys.executable, "child.py"])\n' +
      'try:\n    child.wait()\nexcept KeyboardInterrupt:\n    print("child ended with", child.wait())\n',
  );
  await prints(server, id, 'child');
  await server.call('py_cancel_job', { job_id: id });
  const said = server.output(id, 'stdout').toString();
  expect(said).toBe('child\nchild interrupted\nchild ended with 3\n');
});
