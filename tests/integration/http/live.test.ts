import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { expect, test } from 'vitest';
import { waitFor } from '../../support/wait-for.ts';
import { bytesOf, collect, openEvents, readEvents, type ServerEvent } from './event-reader.ts';
import { type HttpTestServer, startHttpServer } from './http-server.ts';

const COUNTS = `
import time
for i in range(60):
    print("line", i, "é")
    time.sleep(0.02)
`;

test('an event stream tells output, state and end, and its bytes are the output', async () => {
  const server = await startHttpServer();
  const id = await server.start(`import sys\nsys.stderr.write("oh\\n")\n${COUNTS}`);
  const events = await readEvents(server, `/api/v1/jobs/${id}/events`);
  expect(events[0]?.event).toBe('state');
  expect(events.at(-1)?.event).toBe('end');
  expect(events.at(-1)?.data.job.result.exit_code).toBe(0);
  expect(bytesOf(events, 'stdout').equals(server.output(id, 'stdout'))).toBe(true);
  expect(bytesOf(events, 'stderr').toString()).toBe('oh\n');
  expect(events.filter(({ event }) => event === 'output').length).toBeGreaterThan(10);
});

test('bytes that are no text arrive as they are', async () => {
  const server = await startHttpServer();
  const id = await server.start(
    'import os\nfor _ in range(300): os.write(1, bytes(range(256)))\nos.write(1, "é".encode()[:1])',
  );
  const events = await readEvents(server, `/api/v1/jobs/${id}/events`);
  const stored = server.output(id, 'stdout');
  expect(stored.length).toBe(300 * 256 + 1);
  expect(bytesOf(events, 'stdout').equals(stored)).toBe(true);
});

test('on the wire a stream is chunks for HTTP/1.1, each with its size in bytes', async () => {
  const server = await startHttpServer();
  const id = await server.start('print("é" * 300)');
  await server.ended(id);
  const reply = await rawReply(server, `/api/v1/jobs/${id}/events`, '1.1');
  expect(reply).toContain('Transfer-Encoding: chunked');
  let body = Buffer.from(reply.slice(reply.indexOf('\r\n\r\n') + 4));
  const chunks: string[] = [];
  while (chunks.at(-1) !== '') {
    const size = Number.parseInt(body.toString(), 16);
    const from = body.indexOf('\r\n') + 2;
    chunks.push(body.toString('utf8', from, from + size));
    expect(body.toString('latin1', from + size, from + size + 2)).toBe('\r\n');
    body = body.subarray(from + size + 2);
  }
  expect(body).toHaveLength(0);
  expect(chunks.filter((chunk) => chunk.includes('é'.repeat(300)))).not.toHaveLength(0);
  // A client of HTTP/1.0 knows no chunks; the state tells how long the job has been there.
  const plain = await rawReply(server, `/api/v1/jobs/${id}/events`, '1.0');
  const bodyOf10 = plain.slice(plain.indexOf('\r\n\r\n') + 4);
  expect(bodyOf10.split('\n\n')).toHaveLength(chunks.length);
  expect(bodyOf10).toMatch(/^event: state\n[^]*\nevent: end\ndata: .*\n\n$/);
});

test('streams that are asked for on one connection come one after the other', async () => {
  const server = await startHttpServer();
  // Each in one write: an unbuffered print is two, and a fast reader sees them apart.
  const print =
    'import os, time\nos.write(1, b"first\\n")\ntime.sleep(0.5)\nos.write(1, b"last\\n")';
  const id = await server.start(print);
  const reply = await rawReply(server, `/api/v1/jobs/${id}/events`, '1.1', 3);
  const words = [...reply.matchAll(/event: end|HTTP\/1\.1 200/g)].map(([word]) => word);
  expect(words).toEqual([1, 2, 3].flatMap(() => ['HTTP/1.1 200', 'event: end']));
  expect(reply.match(/"first\\n/g)).toHaveLength(6); // as output, and in the result
});

test('Last-Event-ID resumes anywhere without a gap or a repetition', async () => {
  const server = await startHttpServer();
  const id = await server.start(
    `import sys\n${COUNTS.replace('0.02', '0.01')}\nsys.stderr.write("e")`,
  );
  await server.ended(id);
  const events = await readEvents(server, `/api/v1/jobs/${id}/events`);
  const ids = events.flatMap((event) => event.id ?? []);
  expect(ids.length).toBeGreaterThan(1);
  const stored = server.output(id, 'stdout');
  for (const cursor of [...ids, 'c7-0']) {
    const headers = { 'last-event-id': cursor };
    const rest = await readEvents(server, `/api/v1/jobs/${id}/events`, headers);
    const from = Number(cursor.slice(1).split('-')[0]);
    expect(bytesOf(rest, 'stdout').equals(stored.subarray(from))).toBe(true);
  }
  const byQuery = await readEvents(server, `/api/v1/jobs/${id}/events?from=${ids.at(-1)}`);
  expect(byQuery.map(({ event }) => event)).toEqual(['state', 'end']);
});

test('a wrong cursor, a wrong job and a job that is removed are told', async () => {
  const server = await startHttpServer();
  const id = await server.start('import time\ntime.sleep(60)');
  const statusOf = async (path: string) => (await server.ask('GET', path)).status;
  expect(await statusOf(`/api/v1/jobs/${id}/events?from=x`)).toBe(400);
  expect(await statusOf(`/api/v1/jobs/${id}/events?from=c99-0`)).toBe(400);
  expect(await statusOf(`/api/v1/jobs/${'0'.repeat(32)}/events`)).toBe(404);
  expect(await statusOf(`/api/v1/jobs/${id}/socket`)).toBe(426);
  expect((await server.ask('DELETE', `/api/v1/jobs/${id}`)).status).toBe(409);
  expect((await server.ask('HEAD', `/api/v1/jobs/${id}/events`)).status).toBe(200);
  expect((await server.get('/api/v1/health')).streams).toBe(0);
});

test('after a restart of the server followers go on and miss nothing', async () => {
  const server = await startHttpServer();
  const id = await server.start(COUNTS);
  const seen: ServerEvent[] = [];
  const stream = await openEvents(server, `/api/v1/jobs/${id}/events`);
  stream.on('error', () => {});
  const read = collect(stream, (event) => seen.push(event));
  await waitFor(() => seen.filter(({ event }) => event === 'output').length > 5, 20_000, 'output');
  await server.stop('SIGKILL');
  await read;
  const last = seen.findLast((event) => event.id !== undefined)?.id as string;
  const next = await startHttpServer({ on: server });
  const headers = { 'last-event-id': last };
  const rest = await readEvents(next, `/api/v1/jobs/${id}/events`, headers);
  const stored = server.output(id, 'stdout');
  expect(bytesOf([...seen, ...rest], 'stdout').equals(stored)).toBe(true);
  expect(stored.toString().split('\n').length - 1).toBe(60);
  expect(rest.at(-1)?.event).toBe('end');
});

test('the list tells what changes, whoever changes it', async () => {
  const server = await startHttpServer();
  const lists: ServerEvent[] = [];
  const stream = await openEvents(server, '/api/v1/events?limit=10&q=wanted');
  stream.on('error', () => {});
  const done = collect(stream, (event) => lists.push(event));
  await waitFor(() => lists.length > 0, 20_000, 'the first list');
  expect(lists[0]?.data).toMatchObject({ jobs: [], total: 0 });
  const id = await server.start('print(1)', { job_label: 'wanted' });
  const last = () => lists.at(-1)?.data.jobs[0];
  await waitFor(() => last()?.status === 'completed', 20_000, 'the end in the list');
  expect(last()).toMatchObject({ id, label: 'wanted', stdout_bytes: 2 });
  const told = lists.length;
  const other = await server.start('print(1)', { job_label: 'another one wanted' });
  await server.ended(other);
  await waitFor(() => lists.at(-1)?.data.counts.completed === 2, 20_000, 'the counts');
  expect(lists.length).toBeLessThan(told + 8);
  stream.destroy();
  await done;
});

/** What comes over the connection until the server closes it. */
async function rawReply(
  { port, token }: HttpTestServer,
  path: string,
  version: string,
  times = 1,
): Promise<string> {
  const head = (more: string): string =>
    `GET ${path} HTTP/${version}\r\nHost: 127.0.0.1:${port}\r\nAuthorization: Bearer ${token}\r\n${more}\r\n`;
  const socket = connect(port, '127.0.0.1');
  socket.write(head('').repeat(times - 1) + head('Connection: close\r\n'));
  return text(socket);
}
