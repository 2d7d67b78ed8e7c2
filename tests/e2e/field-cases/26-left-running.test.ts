/** Case 26: a server that the script started is gone, and the reply says so. */
import { expect, test } from 'vitest';
import { fileServer } from '../file-server.ts';
import { startServer } from '../../support/start-server.ts';

const served = fileServer();

const LEAVES = (count: number): string =>
  'import subprocess, sys\n' +
  `for _ in range(${count}):\n` +
  '    subprocess.Popen([sys.executable, "-c", "import time; time.sleep(120)"], start_new_session=True)\n' +
  'print("server started")';

test('26: what the script left running is named in the result, with the setting that keeps it', async () => {
  const server = served();
  const run = { directory: server.work, script_content: LEAVES(1) };
  const result = await server.call('py_run_script_in_dir', run);
  expect(result).toMatchObject({ status: 'completed', stdout: 'server started\n' });
  expect(result.notes).toEqual([
    expect.stringMatching(
      /^1 process that the script had left running was ended with it: \d+ \(python\S* -c import time; time\.sleep\(120\)\)\. Run .*\(async_mode\); the setting keep_background_processes keeps such processes\.$/,
    ),
  ]);
  const { job } = await server.call('py_job_status', { job_id: result.job_id });
  expect(job.result.notes).toEqual(result.notes);
});

test('26: many are counted, three are named', async () => {
  const server = served();
  const run = { directory: server.work, script_content: LEAVES(5) };
  const { notes } = await server.call('py_run_script_in_dir', run);
  expect(notes[0]).toMatch(/^5 processes .* and 2 more\./);
});

test('26: helpers that end by themselves are no news', async () => {
  const server = served();
  const code =
    'import multiprocessing as m\nfrom multiprocessing import shared_memory\n' +
    'if __name__ == "__main__":\n    b = shared_memory.SharedMemory(create=True, size=64)\n    b.close(); b.unlink()\n' +
    '    with m.get_context("spawn").Pool(2) as pool: print(pool.map(abs, [-1, -2]))';
  const run = { directory: server.work, script_content: code };
  const result = await server.call('py_run_script_in_dir', run);
  expect(result).toMatchObject({ status: 'completed', stdout: '[1, 2]\n' });
  expect(result.notes).toBeUndefined();
});

test('26: with the setting they live on, and nothing is said', async () => {
  const server = await startServer({ env: { PYTHON_MCP_KEEP_BACKGROUND_PROCESSES: 'true' } });
  const run = { directory: server.work, script_content: LEAVES(1) };
  const { job_id: id, notes } = await server.call('py_run_script_in_dir', run);
  expect(notes).toBeUndefined();
  expect(await server.processes(id)).toHaveLength(1);
  for (const pid of await server.processes(id)) process.kill(pid, 'SIGKILL');
});
