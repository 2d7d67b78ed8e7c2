/** A session over HTTP: its cells are run, read, stopped and followed. */
import { expect, test } from 'vitest';
import { collect, openEvents } from './event-reader.ts';
import { startHttpServer } from './http-server.ts';
import { waitFor } from '../../support/wait-for.ts';

const SESSIONS = '/api/v1/sessions';

test('a cell is run by the name of its session or its job, and read by its number', async () => {
  const server = await startHttpServer();
  const begun = await server.ask('POST', SESSIONS, {
    body: JSON.stringify({ session: 'main', code: 'x = 5\nprint("hi")', wait_seconds: 30 }),
  });
  const first = JSON.parse(begun.text);
  expect(begun.status).toBe(202);
  expect(first).toMatchObject({
    cell: 1,
    status: 'ok',
    stdout: 'hi\n',
    code: 'x = 5\nprint("hi")',
  });
  const cells = `/api/v1/jobs/${first.job_id}/cells`;
  expect(begun.headers.location).toBe(`${cells}/1`);
  const second = await server.post(cells, { code: 'print("é" * x)\nx * 2', wait_seconds: 30 });
  expect(second).toMatchObject({ cell: 2, value: { type: 'int', text: '10' } });
  expect(await server.get(`${cells}/2/output`)).toEqual({
    stream: 'stdout',
    from: 3,
    next: 14,
    size: 14,
    ended: true,
    text: 'ééééé\n',
  });
  const { cells: newest, newest: last } = await server.get(`${cells}?limit=1`);
  expect([newest.length, newest[0].cell, last]).toEqual([1, 2, 2]);
  const { sessions } = await server.get(SESSIONS);
  expect(sessions).toMatchObject([{ job_id: first.job_id, name: 'main', variables: ['x: int'] }]);
});

test('the stream of a session tells what becomes of its cells', async () => {
  const server = await startHttpServer();
  const first = await server.post(SESSIONS, {
    session: 'main',
    code: 'import time',
    wait_seconds: 30,
  });
  const id = first.job_id;
  const told: unknown[][] = [];
  const stream = await openEvents(server, `/api/v1/jobs/${id}/events`);
  void collect(stream, ({ event, data }) => {
    const { cell } = data;
    if (event === 'cell' && cell.status !== 'queued') told.push([cell.cell, cell.status]);
  });
  await waitFor(() => told.length === 1, 20_000, 'the first cell');
  const cells = `/api/v1/jobs/${id}/cells`;
  await server.post(cells, { code: 'time.sleep(600)' });
  await waitFor(() => told.length === 2, 20_000, 'the beginning of the second cell');
  const stopped = await server.ask('DELETE', `${cells}/2`);
  expect(JSON.parse(stopped.text).message).toContain('Cell 2 has ended (interrupted)');
  await waitFor(() => told.length === 3, 20_000, 'its end');
  stream.destroy();
  expect(told).toEqual([
    [1, 'ok'],
    [2, 'running'],
    [2, 'interrupted'],
  ]);
});

test('what is no cell, and what is no session, is refused with a sentence', async () => {
  const server = await startHttpServer();
  const id = await server.start('input()', { interactive: true });
  const refused = async (method: string, path: string, body?: object) => {
    const options = body ? { body: JSON.stringify(body) } : {};
    const address = `/api/v1/jobs/${id}/cells${path}`;
    const { status, text } = await server.ask(method, address, options);
    return [status, JSON.parse(text).detail];
  };
  const NO_SESSION = [400, `job_id: job ${id} is no session. Only sessions have cells.`];
  expect(await refused('POST', '', { code: '1' })).toEqual(NO_SESSION);
  expect(await refused('GET', '/1')).toEqual(NO_SESSION);
  expect(await refused('GET', '/0')).toEqual([400, expect.stringContaining('They begin at 1.')]);
  expect(await refused('POST', '', {})).toEqual([400, expect.stringContaining('code is missing')]);
});
