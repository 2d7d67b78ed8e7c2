/** A run that came to an end for want of memory names the limit, and the evidence. */
import { mkdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { fileServer } from './file-server.ts';

const served = fileServer();

const run = (args: object) =>
  served().call('py_run_script_in_dir', { directory: served().work, ...args });

const GROWS = 'kept = []\nwhile True: kept.append(bytearray(2**24))';

/** A control group of ours with little memory, or why there can be none. */
const [group, noGroup] = smallGroup();
afterAll(() => noGroup ?? rmdirSync(group));

test.skipIf(noGroup !== null)(`a kill by the kernel is told as one${noGroup ?? ''}`, async () => {
  const command = ['sh', '-c', `echo $$ > ${group}/cgroup.procs && exec python -c "$0"`, GROWS];
  const { job_id: id, error } = await run({ command });
  const limit = /memory\.(?:max|limit_in_bytes): 64 MiB/.source;
  expect(error).toMatch(
    new RegExp(
      '^The script was ended by signal 9 \\(SIGKILL\\)\\. While it ran, the kernel killed 1 process ' +
        `of its control group, which was out of memory \\(${limit}\\)\\.$`,
    ),
  );
  const { job } = await served().call('py_job_status', { job_id: id });
  expect([job.error, job.outcome]).toEqual([error, { kind: 'signalled', signal: 9 }]);
  const { jobs } = await served().call('py_list_jobs');
  expect(jobs[0].error).toBe(error);
});

test('a kill by somebody else is not', async () => {
  const { error } = await run({ script_content: 'import os\nos.kill(os.getpid(), 9)' });
  expect(error).toBe('The script was ended by signal 9 (SIGKILL).');
});

test('a job cannot have other files read by naming them as its counter', async () => {
  const { error } = await run({
    script_content: `import os
path = os.path.join(os.environ["PYTHON_MCP_WORK"], ".python_mcp", "memory.json")
own = os.path.abspath("memory.events")
open(own, "w").write("oom_kill 7\\n")
open(path, "w").write('{"events": "%s", "oom_kills": 0}' % own)
os.kill(os.getpid(), 9)`,
  });
  expect(error).toBe('The script was ended by signal 9 (SIGKILL).');
});

test('over memory_limit_mb the limit is named, however the script ends', async () => {
  const limited = { memory_limit_mb: 192 };
  const raised = await run({ script_content: GROWS, ...limited });
  expect(raised.error).toBe(
    'MemoryError (script.py, line 2). Its limit is 192 MiB (memory_limit_mb).',
  );
  const caught = `import os, sys, traceback\ntry: bytearray(2**30)\nexcept MemoryError: traceback.print_exc(); sys.stderr.flush()\n`;
  const left = await run({ script_content: `${caught}sys.exit(3)`, ...limited });
  expect(left.error).toBe('The script exited with code 3. Its limit is 192 MiB (memory_limit_mb).');
  const aborted = await run({ script_content: `${caught}os.abort()`, ...limited });
  expect(aborted.error).toMatch(
    /^The script was ended by signal 6 \(SIGABRT\)\. Its limit is 192 MiB/,
  );
});

test('so is that of the place the server was started in', async () => {
  const command = ['sh', '-c', 'ulimit -v 200000 && exec python -c "$0"', GROWS];
  const { error } = await run({ command });
  expect(error).toBe(
    'MemoryError (<string>, line 2). Its address space is limited to 195 MiB (ulimit -v).',
  );
});

function smallGroup(): [path: string, whyNot: string | null] {
  const rows = readFileSync('/proc/self/cgroup', 'utf8').split('\n');
  for (const row of rows) {
    const [, kinds = '-', own = ''] = row.split(':');
    const isOfMemory = kinds === '' || kinds.split(',').includes('memory');
    const root = kinds === '' ? '/sys/fs/cgroup' : '/sys/fs/cgroup/memory';
    const path = join(root, own, `python-mcp-test-${process.pid}`);
    if (isOfMemory && isMade(path, kinds === '' ? 'memory.max' : 'memory.limit_in_bytes')) {
      return [path, null];
    }
  }
  return ['', ' [skipped: no control group can be made here]'];
}

function isMade(path: string, limit: string): boolean {
  try {
    mkdirSync(path);
  } catch {
    return false;
  }
  try {
    writeFileSync(join(path, limit), String(64 * 2 ** 20));
    return true;
  } catch {
    rmdirSync(path); // a group that has no memory of its own
    return false;
  }
}
