import { describe, expect, test } from 'vitest';
import type { TestServer } from '../support/start-server.ts';
import { waitFor } from '../support/wait-for.ts';
import { fileServer } from './file-server.ts';

const served = fileServer();

async function startUp(server: TestServer, code: string): Promise<string> {
  const id = await server.start(code);
  await waitFor(() => server.output(id, 'stdout').includes('up'), 30_000, 'its start');
  return id;
}

async function stackOf(server: TestServer, id: string): Promise<string> {
  const { job } = await server.call('py_job_status', { job_id: id, stack: true });
  return job.stack;
}

/** What it printed came before it got to where it stays. */
function stackThere(server: TestServer, id: string, place: RegExp): Promise<string> {
  return waitFor(async () => {
    const stack = await stackOf(server, id);
    return place.test(stack) && stack;
  }, 40_000) as Promise<string>;
}

describe('the stack of a running script', () => {
  test('says where it waits, and is in no reply that did not ask', async () => {
    const server = served();
    const id = await startUp(
      server,
      `import time\ndef deep():\n    print("up")\n    time.sleep(600)\ndeep()`,
    );
    expect(await stackThere(server, id, /line 4 in deep/)).toMatch(
      /^\S+ \(most recent call first\):\n  File ".*script\.py", line 4 in deep\n  File ".*script\.py", line 5 in <module>$/,
    );
    const { job } = await server.call('py_job_status', { job_id: id });
    expect(job).not.toHaveProperty('stack');
  });

  test('is told of C code that lets nobody in, and of the children', async () => {
    const server = served();
    const code = `
import multiprocessing, re
def stuck():
    print('up', flush=True)
    re.match('(a+)+$', 'a' * 60 + 'b')
child = multiprocessing.get_context('fork').Process(target=stuck)
child.start()
child.join()`;
    const id = await startUp(server, code);
    const stack = await stackThere(
      server,
      id,
      /line 5 in stuck[^]*line 8 in <module>|line 8 in <module>[^]*line 5 in stuck/,
    );
    expect(stack.match(/^process \d+$/gm)).toHaveLength(2);
    expect(server.output(id, 'stderr')).toHaveLength(0);
  });

  test('of a job that does not run, or of several, is refused with the reason', async () => {
    const server = served();
    const id = await server.start('pass');
    await server.ended(id);
    expect(await stackOf(server, id)).toBe(`Job ${id} is not running, so it has no stack.`);
    const several = { job_ids: [id], stack: true };
    expect(await server.refusal('py_job_status', several)).toContain('Pass one job_id.');
  });

  test('of another program is not known, and that is said', async () => {
    const server = served();
    const run = { directory: server.work, command: ['sh', '-c', 'echo up; sleep 600'] };
    const { job_id: id } = await server.call('py_run_script_in_dir', { ...run, async_mode: true });
    await waitFor(() => server.output(id, 'stdout').includes('up'), 30_000, 'its start');
    expect(await stackOf(server, id)).toContain('None of its processes can tell its stack');
  });
});
