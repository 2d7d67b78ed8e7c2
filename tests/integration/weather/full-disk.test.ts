/** The disk of the home fills up under a server: a small one, where mounting is possible. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  closeSync,
  mkdirSync,
  openSync,
  readFileSync,
  rmSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { canMount, withSmallDisk } from '../../support/small-disk.ts';
import { isAlive, startServer, type TestServer } from '../../support/start-server.ts';
import { testHome, type TestHome } from '../../support/test-home.ts';
import { waitFor } from '../../support/wait-for.ts';
import { writeWheel } from '../../support/wheel.ts';

const SIZE = '48m';

test.skipIf(!canMount)(
  'jobs are read and cancelled, no server ends, and every exit code is there afterwards',
  async () => {
    const small = await smallHome();
    const home = small.on;
    const server = await startServer(small);
    onTestFinished(() => server.session.close());
    const ending = await server.start(`import os, time
print("up", flush=True)
while not os.path.exists("go"): time.sleep(0.02)
raise SystemExit(3)`);
    const lasting = await server.start('import time\nprint("up", flush=True)\ntime.sleep(600)');
    for (const id of [ending, lasting]) {
      await waitFor(() => server.output(id, 'stdout').length > 0, 20_000, 'the scripts');
    }
    const filler = fill(home);
    const read = await server.call('py_job_status', { job_id: lasting, incremental: true });
    expect(read.job.new_stdout).toBe('up\n');
    expect(await server.text('py_job_output', { job_id: ending })).toContain('up');
    await server.session.callTool('py_run_script_in_dir', runOf(server));
    writeFileSync(join(home.work, 'go'), '');
    await waitFor(async () => (await home.processes(ending)).length === 0, 20_000, 'its end');
    await server.session.callTool('py_cancel_job', { job_id: lasting, grace_seconds: 0 });
    await waitFor(async () => (await home.processes(lasting)).length === 0, 20_000, 'the cancel');
    await server.session.callTool('py_prune_jobs', { dry_run: false });
    expect(isAlive(server.pid)).toBe(true);
    rmSync(filler);
    expect((await server.ended(ending)).outcome).toEqual({ kind: 'exited', code: 3 });
    expect((await server.ended(lasting)).status).toBe('cancelled');
  },
  150_000,
);

test.skipIf(!canMount)(
  'an installation that fills the disk says so and leaves nothing there: the next one that fits is made',
  async () => {
    const small = await smallHome();
    const wheels = join(small.on.work, 'wheels');
    writeWheel(wheels, { name: 'vast', version: '1.0', source: `X = '${'x'.repeat(60 << 20)}'` });
    writeWheel(wheels, { name: 'small', version: '1.0' });
    const env = { ...small.env, PYTHON_MCP_FIND_LINKS: wheels, PYTHON_MCP_NO_INDEX: 'true' };
    const server = await startServer({ ...small, env });
    onTestFinished(() => server.session.close());
    const run = (name: string) => ({
      script_content: `import ${name}\nprint(${name}.VERSION)`,
      dependencies: [name],
    });
    const said = await server.refusal('py_run_script_with_dependencies', run('vast'));
    expect(said).toContain(`the disk that holds ${small.env.PYTHON_MCP_HOME} is full`);
    const fits = await server.call('py_run_script_with_dependencies', run('small'));
    expect(fits).toMatchObject({ status: 'completed', stdout: '1.0\n' });
  },
  150_000,
);

function runOf(server: TestServer): object {
  return { directory: server.work, script_content: 'print(1)', async_mode: true };
}

interface SmallHome {
  /** Its files as seen from here. */
  on: TestHome;
  /** What starts a program that has it. */
  within: string[];
  env: { PYTHON_MCP_HOME: string; PYTHON_MCP_MIN_FREE_DISK_BYTES: string };
}

/** On a disk of its own, in a mount namespace of its own: this machine has nothing mounted for it. */
async function smallHome(): Promise<SmallHome> {
  const home = testHome();
  mkdirSync(home.home, { mode: 0o700 });
  const hold = ['sh', '-c', 'echo mounted && exec sleep 900'];
  const [command = '', ...args] = withSmallDisk(home.home, SIZE, hold);
  const holder = spawn(command, args);
  onTestFinished(() => void holder.kill('SIGKILL'));
  await once(holder.stdout, 'data');
  const seen = `/proc/${holder.pid}/root${home.home}`;
  const output: TestHome['output'] = (id, stream) =>
    readFileSync(join(seen, 'jobs', id, `${stream}.log`));
  return {
    on: { ...home, home: seen, output },
    within: ['nsenter', '-t', String(holder.pid), '-m'],
    env: { PYTHON_MCP_HOME: home.home, PYTHON_MCP_MIN_FREE_DISK_BYTES: '0' },
  };
}

/** Every block of it, down to the last. */
function fill({ home }: TestHome): string {
  const path = join(home, 'filler');
  const file = openSync(path, 'w');
  for (let size = 1 << 20; size >= 1;) {
    try {
      if (writeSync(file, Buffer.alloc(size)) < size) size >>= 1;
    } catch {
      size >>= 1;
    }
  }
  closeSync(file);
  return path;
}
