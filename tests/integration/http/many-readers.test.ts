/**
 * Many readers, and slow ones: acceptance test 42 (docs/security.md). With PYTHON_MCP_HEAVY=1 (npm run
 * test:heavy) a hundred read ten megabytes each; else three, still more than memory may grow by.
 */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import { expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { HEAVY } from '../../support/heavy.ts';
import { waitFor } from '../../support/wait-for.ts';
import { collect, contentOf, openEvents, readEvents } from './event-reader.ts';
import { type HttpTestServer, startHttpServer } from './http-server.ts';

const ROUNDS = HEAVY ? 100 : 30;

/** A hundred kilobytes each round. */
const MEGABYTES = `
import time
line = "x" * 99 + "\\n"
for _ in range(${ROUNDS}):
    print(line * 1049, end="")
    time.sleep(0.02)
`;

test('a hundred readers of megabytes each get every byte; memory stays bounded', async () => {
  const server = await startHttpServer();
  // A server in use: the collector has given the young generation its working size.
  const warm = `/api/v1/jobs/${await server.start(MEGABYTES)}/events`;
  await Promise.all(Array.from({ length: 20 }, () => digestOf(server, warm)));
  const before = residentBytes(server.pid);
  const id = await server.start(MEGABYTES);
  let most = before;
  const sampler = setInterval(() => (most = Math.max(most, residentBytes(server.pid))), 50);
  const path = `/api/v1/jobs/${id}/events`;
  const readers = Array.from({ length: 100 }, () => digestOf(server, path));
  const digests = await Promise.all(readers).finally(() => clearInterval(sampler));
  const stored = server.output(id, 'stdout');
  expect(stored.length).toBe(ROUNDS * 1049 * 100);
  const expected = createHash('sha256').update(stored).digest('hex');
  expect(digests.filter((digest) => digest === expected).length).toBe(100);
  console.log(`server grew by ${((most - before) / 1e6).toFixed(1)} MB for 100 readers`);
  expect(most - before).toBeLessThan(64 * 1024 * 1024);
  expect((await server.get('/api/v1/health')).streams).toBe(0);
}, 120_000);

test('readers that do not read cost a chunk each, and nobody waits for them', async () => {
  const server = await startHttpServer();
  await readEvents(server, `/api/v1/jobs/${await server.start(MEGABYTES)}/events`); // warm
  const id = await server.start(
    MEGABYTES.replace(/range\(\d+\)/, 'range(500)').replace('0.02', '0'),
  );
  const before = residentBytes(server.pid);
  const path = `/api/v1/jobs/${id}/events`;
  const slow = await Promise.all(Array.from({ length: 20 }, () => openEvents(server, path)));
  for (const stream of slow) stream.pause();
  const fast = await digestOf(server, path);
  const stored = server.output(id, 'stdout');
  expect(stored.length).toBeGreaterThan(50_000_000);
  expect(fast).toBe(createHash('sha256').update(stored).digest('hex'));
  const grown = residentBytes(server.pid) - before;
  console.log(`server grew by ${(grown / 1e6).toFixed(1)} MB with 20 readers that do not read`);
  // What the twenty have not read is a gigabyte.
  expect(grown).toBeLessThan(128 * 1024 * 1024);
  expect((await server.get('/api/v1/health')).streams).toBe(20);
  const slowDigest = await digestOfStream(slow[0] as IncomingMessage);
  expect(slowDigest).toBe(fast);
  for (const stream of slow) stream.destroy();
  const none = async () => (await server.get('/api/v1/health')).streams === 0;
  await waitFor(none, 20_000, 'the streams to be given back');
}, 120_000);

test('WebSockets that are not read cost no more', async () => {
  const server = await startHttpServer();
  await readEvents(server, `/api/v1/jobs/${await server.start(MEGABYTES)}/events`); // warm
  const id = await server.start(
    MEGABYTES.replace(/range\(\d+\)/, 'range(500)').replace('0.02', '0'),
  );
  const before = residentBytes(server.pid);
  const url = `ws://127.0.0.1:${server.port}/api/v1/jobs/${id}/socket`;
  const sockets = Array.from({ length: 20 }, () => {
    const socket = new WebSocket(url, ['python-mcp', `bearer.${server.token}`]);
    socket.once('open', () => socket.pause());
    socket.on('error', () => {});
    return socket;
  });
  const all = async () => (await server.get('/api/v1/health')).streams === sockets.length;
  await waitFor(all, 20_000, 'the sockets to be open');
  await server.ended(id);
  expect((await server.get('/api/v1/health')).streams).toBe(sockets.length);
  expect(residentBytes(server.pid) - before).toBeLessThan(128 * 1024 * 1024);
  for (const socket of sockets) socket.terminate();
  const none = async () => (await server.get('/api/v1/health')).streams === 0;
  await waitFor(none, 20_000, 'the places to be given back');
}, 120_000);

test('more than 128 streams are refused, and places are given back', async () => {
  const server = await startHttpServer();
  const id = await server.start('import time\ntime.sleep(60)');
  const path = `/api/v1/jobs/${id}/events`;
  const open = await Promise.all(Array.from({ length: 128 }, () => openEvents(server, path)));
  const refused = await server.ask('GET', path);
  expect([refused.status, refused.headers['retry-after']]).toEqual([503, '5']);
  for (const stream of open) stream.destroy();
  const none = async () => (await server.get('/api/v1/health')).streams === 0;
  await waitFor(none, 20_000, 'the streams to be given back');
  expect((await openEvents(server, path)).destroy().destroyed).toBe(true);
});

async function digestOf(server: HttpTestServer, path: string): Promise<string> {
  return digestOfStream(await openEvents(server, path));
}

async function digestOfStream(stream: IncomingMessage): Promise<string> {
  const hash = createHash('sha256');
  await collect(stream, ({ event, data }) => {
    if (event === 'output' && data.stream === 'stdout') hash.update(contentOf(data));
  });
  return hash.digest('hex');
}

function residentBytes(pid: number): number {
  const kibibytes = /^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'latin1'))?.[1];
  return Number(kibibytes) * 1024;
}
