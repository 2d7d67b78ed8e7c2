import { expect, test } from 'vitest';
import { slowBuild } from '../../support/slow-build.ts';
import { waitFor } from '../../support/wait-for.ts';
import { openEvents } from './event-reader.ts';
import { startHttpServer } from './http-server.ts';
import { openSocket } from './socket-messages.ts';

test('a WebSocket carries output one way and input the other', async () => {
  const server = await startHttpServer();
  const id = await server.start('print("name?")\nprint("hello", input())', { interactive: true });
  const socket = openSocket(server, id);
  const messages: { type: string; text?: string; [key: string]: unknown }[] = [];
  socket.on('message', (data: Buffer) => messages.push(JSON.parse(data.toString())));
  const closed = new Promise<number>((resolve) => socket.once('close', resolve));
  await waitFor(() => messages.some(({ text }) => text?.includes('name?')), 20_000, 'the question');
  expect(socket.protocol).toBe('python-mcp');
  socket.send('nonsense');
  socket.send(JSON.stringify({ type: 'input', text: 'Ada\n' }));
  expect(await closed).toBe(1000);
  const output = messages.filter(({ type }) => type === 'output').map(({ text }) => text);
  expect(output.join('')).toBe('name?\nhello Ada\n');
  const types = messages.map(({ type }) => type);
  expect(types).toContain('error');
  expect(messages.find(({ type }) => type === 'written')?.['bytes']).toBe(4);
  expect(types.at(-1)).toBe('end');
});

test('input that is sent back to back arrives in order, and a close comes last', async () => {
  const server = await startHttpServer();
  const code = 'import sys, time\ntime.sleep(0.5)\nprint(sys.stdin.read(), end="")';
  const id = await server.start(code, { interactive: true });
  await waitFor(
    async () => (await server.get(`/api/v1/jobs/${id}`)).job.phase === 'running',
    20_000,
    'the start',
  );
  const socket = openSocket(server, id);
  const messages: { type: string; text?: string }[] = [];
  socket.on('message', (data: Buffer) => messages.push(JSON.parse(data.toString())));
  const closed = new Promise<number>((resolve) => socket.once('close', resolve));
  await new Promise((resolve) => socket.once('open', resolve));
  const parts = ['a', 'b', 'c', 'd', 'e', 'f', 'g'].map((letter) => letter.repeat(8_000));
  for (const text of parts) socket.send(JSON.stringify({ type: 'input', text }));
  socket.send(JSON.stringify({ type: 'input', text: '!', close: true }));
  expect(await closed).toBe(1000);
  const output = messages.flatMap(({ type, text }) => (type === 'output' ? [text] : []));
  expect(output.join('')).toBe(`${parts.join('')}!`);
  const written = messages.filter(({ type }) => type === 'written');
  expect(written).toEqual([8_000, 8_000, 8_000, 8_000, 8_000, 8_000, 8_000, 1].map(writtenOf));
});

function writtenOf(bytes: number): object {
  return { type: 'written', bytes };
}

test('a WebSocket tells what building the environment says', async () => {
  const build = slowBuild();
  const server = await startHttpServer({ env: build.env });
  const id = await server.start('print("runs")', { dependencies: ['alpha-one'] });
  const socket = openSocket(server, id);
  const messages: { type: string; text?: string }[] = [];
  socket.on('message', (data: Buffer) => messages.push(JSON.parse(data.toString())));
  const closed = new Promise<number>((resolve) => socket.once('close', resolve));
  const said = (type: string) => messages.filter((message) => message.type === type);
  build.say('Resolved 2 packages');
  await waitFor(
    () => said('environment').some(({ text }) => text?.includes('Resolved 2 packages\n')),
    20_000,
    'the line',
  );
  build.end(0);
  expect(await closed).toBe(1000);
  expect(
    said('output')
      .flatMap(({ text }) => text ?? [])
      .join(''),
  ).toBe('runs\n');
});

test('a WebSocket with a message that is too long is closed, the job runs on', async () => {
  const server = await startHttpServer();
  const id = await server.start('input()', { interactive: true });
  const socket = openSocket(server, id);
  socket.on('error', () => {});
  const closed = new Promise<number>((resolve) => socket.once('close', resolve));
  await new Promise((resolve) => socket.once('open', resolve));
  socket.send('x'.repeat(1024 * 1024 + 1));
  expect(await closed).toBe(1009);
  expect((await server.get(`/api/v1/jobs/${id}`)).job.phase).not.toBe('ended');
});

test('a stop of the server ends its streams at once and leaves jobs alone', async () => {
  const server = await startHttpServer();
  const id = await server.start('import time\ntime.sleep(60)');
  const stream = await openEvents(server, `/api/v1/jobs/${id}/events`);
  stream.on('error', () => {});
  stream.resume();
  const socket = openSocket(server, id);
  socket.on('error', () => {});
  await new Promise((resolve) => socket.once('open', resolve));
  const closed = new Promise<number>((resolve) => socket.once('close', resolve));
  expect(await server.stop('SIGINT')).toBe(0);
  expect(await closed).toBe(1001);
  const next = await startHttpServer({ on: server });
  expect((await next.get(`/api/v1/jobs/${id}`)).job.status).toBe('running');
  await next.post(`/api/v1/jobs/${id}/cancel`, { grace_seconds: 0 });
});

test('the beginning of an id is taken for it, in every address', async () => {
  const server = await startHttpServer();
  const id = await server.start('print("there")');
  await server.ended(id);
  const short = id.slice(0, 9);
  expect((await server.get(`/api/v1/jobs/${short}`)).job.id).toBe(id);
  expect((await server.get(`/api/v1/jobs/${short}/output`)).text).toBe('there\n');
  const socket = openSocket(server, short);
  expect(await new Promise<number>((resolve) => socket.once('close', resolve))).toBe(1000);
});
