import { describe, expect, test } from 'vitest';
import { startServer, type TestServer } from '../support/start-server.ts';

const VISIBLE_WITHIN_MS = 150;

// A busy machine may be late once; output that waits for a flush is late every time.
describe('unflushed output of a script that then sleeps', { retry: 2 }, () => {
  test.each(['stdout', 'stderr'] as const)('is visible in time on %s', async (stream) => {
    const server = await startServer();
    const id = await server.start(printsThenSleeps(stream), { enable_streaming: true });
    const { new: text, at } = await firstOutput(server, id, stream);
    const printedAt = Number(text.trim()) * 1000;
    expect(at - printedAt).toBeLessThan(VISIBLE_WITHIN_MS);
    expect(at - printedAt).toBeGreaterThan(-1);
  });

  test('is visible in time when it is half a line', async () => {
    const server = await startServer();
    const script = 'import time\nprint(time.time(), end="")\ntime.sleep(60)';
    const id = await server.start(script, { enable_streaming: true });
    const { new: text, at } = await firstOutput(server, id, 'stdout');
    expect(text).toMatch(/^\d+\.\d+$/);
    expect(at - Number(text) * 1000).toBeLessThan(VISIBLE_WITHIN_MS);
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
print(time.time(), file=sys.${stream})
time.sleep(60)
`;
}

/** Waits for the first output; `at` is when the reply was here, Unix ms. */
async function firstOutput(
  server: TestServer,
  id: string,
  stream: 'stdout' | 'stderr',
): Promise<{ new: string; at: number }> {
  for (let look = 0; look < 20; look += 1) {
    const { job } = await server.call('py_job_status', {
      job_id: id,
      incremental: true,
      wait_seconds: 10,
    });
    const at = Date.now();
    if (job[`new_${stream}`]) return { new: job[`new_${stream}`], at };
  }
  throw new Error('no output');
}
