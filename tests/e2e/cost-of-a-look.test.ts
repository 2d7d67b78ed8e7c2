/** What a look at a running job asks of the system, counted in the server itself. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, test } from 'vitest';
import { startServer, type TestServer } from '../support/start-server.ts';
import { testHome } from '../support/test-home.ts';
import { waitFor } from '../support/wait-for.ts';

const COUNT_OPENS = resolve(import.meta.dirname, '../support/count-opens.mjs');
const PRINTING = `
import sys
for n in range(200):
    print("line", n, flush=True)
    print("problem", n, file=sys.stderr, flush=True)
import time
time.sleep(600)
`;

interface Counting {
  server: TestServer;
  /** What the call asked for, but for looks of the server at its own pace. */
  during: (call: () => Promise<unknown>) => Promise<{ opens: string[]; reads: string[] }>;
}

async function startCounting(): Promise<Counting> {
  const { work } = testHome();
  const file = join(work, 'opens');
  writeFileSync(file, '');
  const env = { NODE_OPTIONS: `--import=${COUNT_OPENS}`, OPENS_FILE: file };
  const server = await startServer({ env });
  const noted = (): string[] => readFileSync(file, 'utf8').split('\n').filter(Boolean);
  return {
    server,
    async during(call) {
      const before = noted().length;
      await call();
      const lines = noted().slice(before);
      const of = (kind: string) => lines.filter((line) => line.startsWith(`${kind} `));
      return { opens: of('open'), reads: of('read') };
    },
  };
}

/** A tick may come in between: the cheapest of some calls is the cost of one. */
async function cheapest({ during }: Counting, call: () => Promise<unknown>) {
  const counts = [];
  for (let n = 0; n < 8; n += 1) counts.push(await during(call));
  const cost = ({ opens, reads }: { opens: string[]; reads: string[] }) =>
    opens.length + reads.length;
  return counts.reduce((least, next) => (cost(next) < cost(least) ? next : least));
}

test('a poll of a job that waits for input opens six files at most', async () => {
  const counting = await startCounting();
  const { server } = counting;
  const id = await server.start('input("name? ")', { enable_streaming: true, interactive: true });
  const poll = { job_id: id, incremental: true };
  const look = async () => (await server.call('py_job_status', poll)).job.waiting_for_input;
  await waitFor(async () => (await look()) !== undefined, 20_000, 'its question');
  const { opens, reads } = await cheapest(counting, look);
  expect(opens.length, opens.join('\n')).toBeLessThanOrEqual(6);
  expect(reads.length, reads.join('\n')).toBeLessThanOrEqual(2);
  await server.call('py_cancel_job', { job_id: id, grace_seconds: 0 });
});

test('a poll of a running job opens six files at most and reads two rows, a page six files', async () => {
  const counting = await startCounting();
  const { server } = counting;
  const id = await server.start(PRINTING, { enable_streaming: true });
  await waitFor(
    () => server.output(id, 'stderr').includes('problem 199\n'),
    20_000,
    'all that is printed',
  );
  const poll = { job_id: id, incremental: true };
  const { opens, reads } = await cheapest(counting, () => server.call('py_job_status', poll));
  expect(opens.length, opens.join('\n')).toBeGreaterThan(1);
  expect(opens.length, opens.join('\n')).toBeLessThanOrEqual(6);
  expect(reads.length, reads.join('\n')).toBeLessThanOrEqual(2);
  const page = await cheapest(counting, () => server.text('py_job_output', { job_id: id }));
  expect(page.opens.length, page.opens.join('\n')).toBeGreaterThan(1);
  expect(page.opens.length, page.opens.join('\n')).toBeLessThanOrEqual(6);
  await server.call('py_cancel_job', { job_id: id, grace_seconds: 0 });
});
