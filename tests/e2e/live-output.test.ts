import { describe, expect, test } from 'vitest';
import { startServer, type TestServer } from '../support/start-server.ts';

// How soon is measured by bench/print-latency.
describe('unflushed output of a script that then sleeps', () => {
  test.each(['stdout', 'stderr'] as const)('is visible on %s', async (stream) => {
    const server = await startServer();
    const id = await server.start(printsThenSleeps(stream), { enable_streaming: true });
    const { new: text, status } = await firstOutput(server, id, stream);
    expect([text, status]).toEqual(['printed\n', 'running']);
  });

  test('is visible when it is half a line', async () => {
    const server = await startServer();
    const script = 'import time\nprint("half", end="")\ntime.sleep(60)';
    const id = await server.start(script, { enable_streaming: true });
    const { new: text, status } = await firstOutput(server, id, 'stdout');
    expect([text, status]).toEqual(['half', 'running']);
  });
});

test('output of a busy loop that never sleeps is visible too', async () => {
  const server = await startServer();
  const id = await server.start('print("busy")\nwhile True: pass', { enable_streaming: true });
  expect((await firstOutput(server, id, 'stdout')).new).toBe('busy\n');
});

function printsThenSleeps(stream: 'stdout' | 'stderr'): string {
  return `
import sys, time
time.sleep(0.2)
print("printed", file=sys.${stream})
time.sleep(60)
`;
}

/** Waits for the first output. */
async function firstOutput(
  server: TestServer,
  id: string,
  stream: 'stdout' | 'stderr',
): Promise<{ new: string; status: string }> {
  for (let look = 0; look < 20; look += 1) {
    const { job } = await server.call('py_job_status', {
      job_id: id,
      incremental: true,
      wait_seconds: 10,
      until: 'output',
    });
    if (job[`new_${stream}`]) return { new: job[`new_${stream}`], status: job.status };
  }
  throw new Error('no output');
}
