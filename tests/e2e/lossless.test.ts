/**
 * Every byte of the output arrives once. With PYTHON_MCP_HEAVY=1 (npm run test:heavy) it is a million
 * lines, else a fifth of them.
 */
import { createHash } from 'node:crypto';
import { performance } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { HEAVY } from '../support/heavy.ts';
import { type Reply, startServer, type TestServer } from '../support/start-server.ts';

const LINES = HEAVY ? 1_000_000 : 200_000;
const LONG = `
for i in range(${LINES}):
    print(f"line number {i:07d} of a million lines of output")
`;
const POLL_MS = 100;

test('a job of very many lines, polled every 100 ms, delivers every byte once', async () => {
  const server = await startServer();
  const id = await server.start(LONG, { enable_streaming: true });
  const read = await readToEnd(server, id);
  const stored = server.output(id, 'stdout');
  expect(stored.length).toBe(read.length);
  expect(read.hash).toBe(createHash('sha256').update(stored).digest('hex'));
  expect(stored.toString('latin1').split('\n').length - 1).toBe(LINES);
  expect(read.last.status).toBe('completed');
  expect(read.last.new_stdout).toMatch(
    new RegExp(`line number 0*${LINES - 1} of a million lines of output\n$`),
  );
  expect(server.session.longestMessage()).toBeLessThan(1024 * 1024);
});

test('several readers each get every byte, whatever the others read', async () => {
  const server = await startServer();
  const id = await server.start(MIXED, { enable_streaming: true });
  const names = ['', 'a', 'b'];
  const reads = await Promise.all(names.map((reader) => readToEnd(server, id, reader)));
  const stored = server.output(id, 'stdout').toString();
  for (const read of reads) expect(read.text).toBe(stored);
  expect(stored).toContain('😀');
});

const MIXED = `
import sys, time
for i in range(400):
    sys.stdout.buffer.write("zeile é € 😀 {}\\n".format(i).encode())
    if i % 7 == 0:
        sys.stdout.buffer.flush()
        time.sleep(0.005)
`;

test('a character written in two halves arrives whole', async () => {
  const server = await startServer();
  const id = await server.start(HALVES, { enable_streaming: true });
  const { text } = await readToEnd(server, id);
  expect(text).toBe('😀\n'.repeat(50));
});

const HALVES = `
import os, time
for _ in range(50):
    data = "😀\\n".encode()
    os.write(1, data[:2])
    time.sleep(0.002)
    os.write(1, data[2:])
`;

interface Read {
  length: number;
  hash: string;
  text: string;
  last: Reply;
}

/** As an agent would: every 100 ms, at once when there is more, until the final status without more. */
async function readToEnd(server: TestServer, id: string, reader?: string): Promise<Read> {
  const hash = createHash('sha256');
  const parts: string[] = [];
  let length = 0;
  for (;;) {
    const asked = performance.now();
    const named = reader ? { reader } : {};
    const { job } = await server.call('py_job_status', {
      job_id: id,
      incremental: true,
      ...named,
    });
    hash.update(job.new_stdout);
    parts.push(job.new_stdout);
    length += Buffer.byteLength(job.new_stdout);
    if (job.status !== 'running' && !job.more) {
      return { length, hash: hash.digest('hex'), text: parts.join(''), last: job };
    }
    // The pace of the client is what is tested, not a wait for something to happen.
    if (!job.more) await sleep(Math.max(0, asked + POLL_MS - performance.now()));
  }
}
