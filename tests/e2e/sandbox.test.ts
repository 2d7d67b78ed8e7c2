/** `isolation: "sandbox"` through the doors: what works in it, who may leave it, where there is none. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { liveProcesses } from '../../src/os/process-table.ts';
import { NO_SANDBOX } from '../support/sandbox.ts';
import { startServer, type TestServer } from '../support/start-server.ts';
import { waitFor } from '../support/wait-for.ts';

const SANDBOX = { isolation: 'sandbox' };
const WITHOUT = { PATH: '/nowhere' };

function run(server: TestServer, code: string, args: object = {}) {
  const given = { directory: server.work, script_content: code, ...SANDBOX, ...args };
  return server.call('py_run_script_in_dir', given);
}

async function parameters(server: TestServer): Promise<string[]> {
  const { tools } = await server.session.client.listTools();
  const tool = tools.find(({ name }) => name === 'py_run_script_in_dir');
  return Object.keys(tool?.inputSchema.properties ?? {});
}

describe('where there is none', () => {
  test('it is not told of, and refused with the cause and the remedy', async () => {
    const server = await startServer({ env: WITHOUT });
    expect(await parameters(server)).not.toContain('isolation');
    const given = { directory: server.work, script_content: 'open("ran", "w")', ...SANDBOX };
    expect(await server.refusal('py_run_script_in_dir', given)).toBe(
      'There is no sandbox on this machine: bubblewrap (bwrap) is not installed. Install the package bubblewrap. Nothing was run without it.',
    );
    expect(server.jobIds()).toEqual([]);
  });

  test('a bubblewrap that fails is told of by its own words', async () => {
    const server = await startServer();
    const broken = join(server.work, 'bin');
    mkdirSync(broken);
    const says = 'bwrap: Creating new namespace failed: Operation not permitted';
    writeFileSync(join(broken, 'bwrap'), `#!/bin/sh\necho "${says}" >&2\nexit 1\n`, {
      mode: 0o755,
    });
    const other = await startServer({ on: server, env: { PATH: broken } });
    const given = { directory: server.work, script_content: 'pass', ...SANDBOX };
    expect(await other.refusal('py_run_script_in_dir', given)).toContain(
      `user namespaces are forbidden (${says}).`,
    );
    const third = await startServer({ on: server, env: { PATH: broken } });
    expect(await parameters(third)).not.toContain('isolation');
  });
});

describe.skipIf(NO_SANDBOX)(`in the sandbox ${NO_SANDBOX ?? ''}`, () => {
  test('it is told of, and a script runs without network, home and variables of the server', async () => {
    const server = await startServer({ env: { MY_SECRET: 'hush' } });
    expect(await parameters(server)).toEqual(
      expect.arrayContaining(['isolation', 'network', 'write', 'gpu']),
    );
    const code = `import os, socket
print(os.environ.get("MY_SECRET"), os.environ["MINE"], os.path.exists(${JSON.stringify(server.home)} + "/meta"))
print(os.listdir("/proc/self/fd")[:3], [name for _, name in socket.if_nameindex()])
open("x", "w")`;
    const reply = await run(server, code, { env_vars: { MINE: 'mine' } });
    expect(reply.stdout).toBe("None mine False\n['0', '1', '2'] ['lo']\n");
    expect(reply.error).toContain('Read-only file system');
  });

  test('what Python is used for works: processes, temporary files, a home, artifacts', async () => {
    const server = await startServer();
    const code = `import multiprocessing as m, tempfile, os, asyncio, sqlite3, ssl, subprocess, threading
def square(n): return n * n
if __name__ == "__main__":
    with m.Pool(2) as pool: print(pool.map(square, [2, 3]))
    with m.Manager() as manager: print(manager.dict(a=1)["a"])
    with tempfile.TemporaryDirectory() as t: open(t + "/x", "w").write("y"); print(os.listdir(t))
    open(os.path.expanduser("~/note"), "w").write("kept")
    print(subprocess.run(["sh", "-c", "echo $HOME"], capture_output=True, text=True).stdout.strip())
    open(os.environ["PYTHON_MCP_ARTIFACTS"] + "/a.txt", "w").write("made")`;
    const reply = await run(server, code);
    expect(reply).toMatchObject({ status: 'completed', exit_code: 0 });
    expect(reply.stdout).toBe("[4, 9]\n1\n['x']\n/tmp/home\n");
    expect(reply.artifacts).toMatchObject([{ name: 'a.txt' }]);
  });

  test('the folder it works in can be given to it, or all be taken', async () => {
    const server = await startServer();
    await run(server, 'open("kept", "w").write("by the script")', { write: 'directory' });
    expect(readFileSync(join(server.work, 'kept'), 'utf8')).toBe('by the script');
    const code = `import os
for path in [os.environ["PYTHON_MCP_WORK"] + "/x", "y", "/tmp/z"]:
    try: open(path, "w"); print("wrote")
    except OSError as error: print(error.strerror)`;
    const { stdout } = await run(server, code, { write: 'none' });
    expect(stdout).toBe('Read-only file system\nRead-only file system\nwrote\n');
  });

  test('output appears while it runs, it survives its server, and a cancel lets it clean up', async () => {
    const server = await startServer();
    const code = `import time
try:
    print("up")
    time.sleep(600)
finally:
    print("cleaned")`;
    const id = await server.start(code, SANDBOX);
    await waitFor(() => server.output(id, 'stdout').includes('up'), 30_000);
    await server.kill();
    const next = await startServer({ on: server });
    const { job } = await next.call('py_job_status', { job_id: id, incremental: true });
    expect(job).toMatchObject({ status: 'running', new_stdout: 'up\n' });
    expect(await next.call('py_cancel_job', { job_id: id })).toMatchObject({ status: 'cancelled' });
    expect(server.output(id, 'stdout').toString()).toBe('up\ncleaned\n');
    expect(await server.processes(id)).toEqual([]);
  });

  test('with it everything ends: a daemon that has left its session and emptied its environment', async () => {
    const server = await startServer();
    const code = `import os, time
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0: os.execve("/bin/sleep", ["sleep", "987654"], {})
    os._exit(0)
print("up", flush=True); time.sleep(600)`;
    const id = await server.start(code, SANDBOX);
    await waitFor(async () => (await commands()).includes('sleep\x00987654\x00'), 30_000);
    await server.call('py_cancel_job', { job_id: id, grace_seconds: 1 });
    expect(await commands()).not.toContain('sleep\x00987654\x00');
  });

  test('it answers questions, keeps to its time and to its memory', async () => {
    const server = await startServer();
    const id = await server.start('print("hello " + input("name? "))', {
      ...SANDBOX,
      interactive: true,
    });
    const asked = await server.call('py_job_status', { job_id: id, wait_seconds: 30 });
    expect(JSON.stringify(asked)).toContain('name? ');
    await server.call('py_send_input', { job_id: id, text: 'you\n' });
    await server.ended(id);
    expect(server.output(id, 'stdout').toString()).toBe('name? hello you\n');
    const late = await run(server, 'import time; time.sleep(60)', { timeout_seconds: 1 });
    expect(late.error).toContain('time limit of 1 s');
    const large = await run(server, 'x = bytearray(10**9)', { memory_limit_mb: 300 });
    expect(large.error).toContain('MemoryError');
  });

  test('folders that hold what is hidden are not shown', async () => {
    const server = await startServer();
    for (const directory of ['/', '/tmp', '/etc', server.home, join(server.home, 'meta')]) {
      const given = { directory, script_content: 'pass', ...SANDBOX };
      expect(await server.refusal('py_run_script_in_dir', given)).toMatch(
        /^directory: ".+" (holds|is) .+; no sandbox is shown it\. Name a project folder/,
      );
    }
  });

  test('the settings make it the rule, for sessions and saved scripts too, and nobody leaves it', async () => {
    const server = await startServer({ env: { PYTHON_MCP_ISOLATION: 'required' } });
    const given = { directory: server.work, script_content: 'pass', isolation: 'none' };
    expect(await server.refusal('py_run_script_in_dir', given)).toBe(
      'isolation: "none" is forbidden. Leave it out: the settings of this server allow no run without the sandbox.',
    );
    const where = 'import os; print(os.getpid() < 50, os.path.exists("/run/user"))';
    const cell = await server.call('py_session_run', { session: 's', code: where });
    expect(cell.stdout).toBe('True False\n');
    const kept = await server.call('py_session_run', { session: 's', code: 'x = 41\nx + 1' });
    expect(kept.value.text).toBe('42');
    await server.call('py_save_script', { script_name: 'where', source: where });
    const saved = await server.call('py_run_saved_script', { script_name: 'where' });
    expect(saved.stdout).toBe('True False\n');
  });
});

/** The command lines of all processes of the machine. */
async function commands(): Promise<string[]> {
  const found: string[] = [];
  for await (const { pid } of liveProcesses()) {
    try {
      found.push(readFileSync(`/proc/${pid}/cmdline`, 'latin1'));
    } catch {
      // gone
    }
  }
  return found;
}
