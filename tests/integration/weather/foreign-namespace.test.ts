/** A home shared with another PID namespace, as of a dev container: its pids mean nothing there. */
import { execFile, spawn, spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, onTestFinished, test } from 'vitest';
import { startServer, type TestServer } from '../../support/start-server.ts';
import { PROGRAM, PYTHON } from '../../support/test-home.ts';
import { waitFor } from '../../support/wait-for.ts';

const ELSEWHERE = ['--pid', '--fork', '--mount-proc'];
const canUnshare = spawnSync('unshare', [...ELSEWHERE, 'true']).status === 0;

/** What a command prints there, whatever its exit code. */
async function elsewhere({ home }: TestServer, ...args: string[]): Promise<string> {
  const words = [...ELSEWHERE, process.execPath, PROGRAM, ...args];
  const env = { PATH: process.env['PATH'], PYTHON_MCP_HOME: home, PYTHON_MCP_PYTHON: PYTHON };
  const running = promisify(execFile)('unshare', words, { env });
  const { stdout, stderr } = await running.catch((error: unknown) => error as Output);
  return stdout + stderr;
}

interface Output {
  stdout: string;
  stderr: string;
}

const SCRIPT = `
import os, time
print("up", flush=True)
while not os.path.exists("go"): time.sleep(0.02)
print("done")
raise SystemExit(3)
`;

test.skipIf(!canUnshare).each([
  ['is listed', ['jobs', '--json']],
  ['is shown', ['show', 'JOB', '--json']],
  ['could be pruned', ['prune', '--all', '--yes']],
])('a job that runs outside goes on when it %s inside', async (_what, args) => {
  const server = await startServer();
  const id = await server.start(SCRIPT);
  await waitFor(() => server.output(id, 'stdout').length > 0, 20_000, 'the script');
  await elsewhere(server, ...args.map((word) => (word === 'JOB' ? id : word)));
  expect((await server.processes(id)).length).toBeGreaterThan(0);
  expect((await server.call('py_job_status', { job_id: id })).job.status).toBe('running');
  writeFileSync(join(server.work, 'go'), '');
  const job = await server.ended(id);
  expect(job.outcome).toEqual({ kind: 'exited', code: 3 });
  expect(job.result.stdout).toBe('up\ndone\n');
});

test.skipIf(!canUnshare)(
  'a cancel from inside stops nothing, says so, and is not the outcome',
  async () => {
    const server = await startServer();
    const id = await server.start(SCRIPT);
    await waitFor(() => server.output(id, 'stdout').length > 0, 20_000, 'the script');
    await server.kill('SIGKILL'); // nobody outside is there to carry it out
    expect(await elsewhere(server, 'cancel', id)).toContain('Nothing was stopped');
    expect(await elsewhere(server, 'show', id)).toContain('nothing was stopped yet');
    writeFileSync(join(server.work, 'go'), '');
    await waitFor(async () => (await server.processes(id)).length === 0, 20_000, 'its own end');
    const later = await startServer({ on: server });
    expect((await later.ended(id)).outcome).toEqual({ kind: 'exited', code: 3 });
  },
);

test.skipIf(!canUnshare)('a job whose container is gone is lost, and not before', async () => {
  const server = await startServer();
  const inside = spawnElsewhere(server, 'run', '--', scriptIn(server));
  const [job] = await waitFor(async () => {
    const { jobs } = await server.call('py_list_jobs', {});
    return jobs.length > 0 && server.output(jobs[0].id, 'stdout').length > 0 ? jobs : null;
  }, 20_000);
  const { status, error } = (await server.call('py_job_status', { job_id: job.id })).job;
  expect([status, error]).toEqual(['running', expect.stringContaining('another PID namespace')]);
  inside.kill('SIGKILL');
  const ended = await server.ended(job.id, 60_000);
  expect(ended.outcome).toEqual({ kind: 'lost', reason: expect.stringContaining('is gone') });
});

function spawnElsewhere({ home }: TestServer, ...args: string[]) {
  const words = [...ELSEWHERE, '--kill-child', process.execPath, PROGRAM, ...args];
  const env = { PATH: process.env['PATH'], PYTHON_MCP_HOME: home, PYTHON_MCP_PYTHON: PYTHON };
  const child = spawn('unshare', words, { env, stdio: 'ignore' });
  onTestFinished(() => void child.kill('SIGKILL'));
  return child;
}

function scriptIn({ work }: TestServer): string {
  const path = join(work, 'lasting.py');
  writeFileSync(path, SCRIPT);
  return path;
}
