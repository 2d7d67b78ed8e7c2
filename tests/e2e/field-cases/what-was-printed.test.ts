/** Cases 01, 05 to 08, 12: people's own scripts, as an agent runs them. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { IN_ORDER, leftBy, TRAINING } from '../../support/training.ts';
import { waitFor } from '../../support/wait-for.ts';
import { fileServer } from '../file-server.ts';

const served = fileServer();

const run = (script_content: string, args: object = {}) =>
  served().call('py_run_script_in_dir', { directory: served().work, script_content, ...args });

test('01 null-optionals: null means not given', async () => {
  const nothing = { script_path: null, args: null, timeout_seconds: null, python_version: '' };
  expect(await run('print(1)', nothing)).toMatchObject({ status: 'completed', stdout: '1\n' });
});

test('05 child-overtakes-print: a child prints behind the line that announced it', async () => {
  const code =
    'import os, subprocess\nprint("1 about to build")\nsubprocess.run(["sh", "-c", "echo 2 building"])\n' +
    'print("3 done")\nos.system("echo 4 system")\nprint("5 end")';
  const { stdout } = await run(code);
  expect(stdout).toBe('1 about to build\n2 building\n3 done\n4 system\n5 end\n');
});

test.each([
  'os._exit(0)',
  'os.abort()',
  'os.kill(os.getpid(), 9)',
  'ctypes.string_at(0)',
  'os.execv("/bin/true", ["true"])',
  'os.fork() or os._exit(1)',
])('06 last-words: what was printed before %s is there', async (end) => {
  const { stdout } = await run(`import ctypes, os\nprint("result: 42")\n${end}`);
  expect(stdout).toBe('result: 42\n');
});

test('07 c-stdio: printf of a library is seen while it runs, and kept on cancel', async () => {
  const server = served();
  const id = await server.start(
    'import ctypes, time\nlibc = ctypes.CDLL(None)\nfor i in range(4000):\n    libc.printf(b"iter %d\\n", i)\n    time.sleep(0.1)',
  );
  await waitFor(() => server.output(id, 'stdout').includes('iter 3\n'), 30_000, 'four lines');
  await server.call('py_cancel_job', { job_id: id });
  expect(server.output(id, 'stdout').toString()).toMatch(/^iter 0\niter 1\niter 2\niter 3\n/);
});

test('08 cancel-cleans-up: finally, with and atexit run', async () => {
  const server = served();
  const id = await server.start(TRAINING);
  await waitFor(() => server.output(id, 'stdout').includes('training'), 30_000, 'the training');
  await server.call('py_cancel_job', { job_id: id, grace_seconds: 5 });
  expect(leftBy(server.work)).toEqual(IN_ORDER);
});

test('12 env-file: a dollar in a password stays', async () => {
  writeFileSync(join(served().work, '.env'), "PASSWORD='pa$$w0rd$1x'\nHASHED=color#fff\n");
  // Backwards, as a password itself is covered where output is shown.
  const code = 'import os; print(os.environ["PASSWORD"][::-1], os.environ["HASHED"])';
  const { stdout } = await run(code, { env_file: join(served().work, '.env') });
  expect(stdout).toBe('x1$dr0w$$ap color#fff\n');
});
