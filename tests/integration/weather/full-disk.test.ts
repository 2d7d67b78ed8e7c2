/** The disk of the home fills up under a server: a small one, where mounting is possible. */
import { spawnSync } from 'node:child_process';
import { closeSync, mkdirSync, openSync, rmSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { isAlive, startServer, type TestServer } from '../../support/start-server.ts';
import { testHome, type TestHome } from '../../support/test-home.ts';
import { waitFor } from '../../support/wait-for.ts';

const SIZE = '48m';
const canMount = (): boolean => {
  const probe = spawnSync('unshare', ['-m', 'mount', '-t', 'tmpfs', 'tmpfs', '/mnt']);
  return probe.status === 0 && process.getuid?.() === 0;
};

test.skipIf(!canMount())(
  'jobs are read and cancelled, no server ends, and every exit code is there afterwards',
  async () => {
    const home = smallHome();
    const server = await startServer({ on: home, env: { PYTHON_MCP_MIN_FREE_DISK_BYTES: '0' } });
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

function runOf(server: TestServer): object {
  return { directory: server.work, script_content: 'print(1)', async_mode: true };
}

function smallHome(): TestHome {
  const home = testHome();
  mkdirSync(home.home, { mode: 0o700 });
  spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${SIZE},mode=0700`, 'tmpfs', home.home]);
  onTestFinished(() => void spawnSync('umount', ['-l', home.home]));
  return home;
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
