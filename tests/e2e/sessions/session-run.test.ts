/** A session through MCP: what stays, what is lost, what is stopped. */
import { expect, test } from 'vitest';
import { type Reply, startServer, type TestServer } from '../../support/start-server.ts';

const run = (server: TestServer, code: string, more: object = {}): Promise<Reply> =>
  server.call('py_session_run', { session: 'main', code, ...more });

test('variables, imports and the working directory stay from call to call', async () => {
  const server = await startServer();
  const first = await run(server, 'import math, os\nx = 20\nos.chdir("/")\nprint("hi")', {
    directory: server.work,
  });
  expect(first).toMatchObject({
    session: 'main',
    cell: 1,
    status: 'ok',
    stdout: 'hi\n',
    changed: ['x: int'],
    started: { directory: server.work },
  });
  const second = await run(server, 'print(os.getcwd())\nmath.sqrt(x + 5)');
  expect(second).toMatchObject({
    cell: 2,
    stdout: '/\n',
    stderr: '',
    value: { type: 'float', text: '5.0' },
  });
  expect(second['started']).toBeUndefined();
});

test('an error is a result: its traceback shows the line of the cell and nothing of ours', async () => {
  const server = await startServer();
  const failed = await run(server, 'a = 1\ndef f():\n    return a / 0\nf()');
  expect(failed).toMatchObject({
    status: 'error',
    error: { type: 'ZeroDivisionError', message: 'division by zero', line: 3 },
  });
  expect(failed['stderr']).toMatch(
    /^Traceback .*\n  File "<cell 1>", line 4, in <module>\n    f\(\)\n/,
  );
  expect(failed['stderr']).toContain('    return a / 0\n');
  expect(failed['stderr']).not.toContain('python_mcp_session');
  expect(await run(server, 'a')).toMatchObject({ value: { text: '1' } });
});

test('a call that waits no longer hands over, and its cell is read later', async () => {
  const server = await startServer();
  const early = await run(server, 'import time\ntime.sleep(1)\n7', { wait_seconds: 0.1 });
  expect(['running', 'queued']).toContain(early['status']);
  expect(early['message']).toContain('py_session_run(session="main", cell=1');
  const late = await server.call('py_session_run', { session: 'main', cell: 1, wait_seconds: 45 });
  expect(late).toMatchObject({ status: 'ok', value: { text: '7' } });
});

test('one cell is stopped, the session and its variables stay', async () => {
  const server = await startServer();
  await run(server, 'x = 1');
  const busy = await run(server, 'while True: pass', { wait_seconds: 0.3 });
  const queued = await run(server, 'x = 2', { wait_seconds: 0 });
  expect(queued).toMatchObject({ status: 'queued', ahead: 1 });
  const job = { job_id: busy['job_id'] };
  await server.call('py_cancel_job', { ...job, cell: 3 });
  const stopped = await server.call('py_cancel_job', { ...job, cell: 2 });
  expect(stopped).toMatchObject({
    status: 'running',
    message: 'Cell 2 has ended (interrupted); the session goes on.',
  });
  expect(await run(server, 'x')).toMatchObject({ cell: 4, value: { text: '1' } });
  const third = await server.call('py_session_run', { session: 'main', cell: 3 });
  expect(third).toMatchObject({ status: 'cancelled' });
  expect(await server.call('py_cancel_job', { ...job, cell: 2 })).toMatchObject({
    message: 'Cell 2 had already ended (interrupted).',
  });
});

test.each([
  ['await', 'import asyncio\nawait asyncio.sleep(600)'],
  ['a child', 'import subprocess\nsubprocess.run(["sleep", "600"])'],
  ['sleep', 'import time\ntime.sleep(600)'],
])('the time limit of a cell ends %s and nothing else', async (_what, code) => {
  const server = await startServer();
  await run(server, 'x = 1');
  expect(await run(server, code, { timeout_seconds: 0.2 })).toMatchObject({ status: 'timed_out' });
  expect(await run(server, 'x')).toMatchObject({ value: { text: '1' } });
});

test('what is lost is never passed over: a refusal names it, restart begins anew', async () => {
  const server = await startServer();
  const { job_id: id } = await run(server, 'rows = [1, 2, 3]\ndef load(): pass');
  await server.call('py_cancel_job', { job_id: id });
  const refused = await server.session.callTool('py_session_run', {
    session: 'main',
    code: 'rows',
  });
  expect(refused.isError).toBe(true);
  const sentence = (refused.content[0] as { text: string }).text;
  expect(sentence).toMatch(
    /^session_ended: "main" ended 0 min ago\. .*Nothing was run\. Lost: rows \(list 3\), load \(function\)\. Pass restart=true/,
  );
  const anew = await run(server, '"rows" in globals()', { restart: true });
  expect(anew).toMatchObject({ cell: 1, value: { text: 'False' } });
  expect(anew['job_id']).not.toBe(id);
});

test('a crash is told with the cell it happened in; queued cells never run', async () => {
  const server = await startServer();
  await run(server, 'x = 1');
  const crash = 'import os, time\ntime.sleep(0.5)\nos.kill(os.getpid(), 11)';
  const [lost, queued] = await Promise.all([run(server, crash), run(server, 'print(1)')]);
  const byCell = [lost, queued].sort((a, b) => Number(a?.['cell']) - Number(b?.['cell']));
  expect(byCell[0]).toMatchObject({ cell: 2, status: 'lost' });
  expect(byCell[0]?.['message']).toContain('signal 11');
  expect(byCell[1]).toMatchObject({ cell: 3, status: 'cancelled', message: 'It never ran.' });
});

test('input() hands over with its prompt, and an answer goes on', async () => {
  const server = await startServer();
  const asking = await run(server, 'name = input("who? ")\nname.upper()');
  expect(asking).toMatchObject({ status: 'waiting_for_input', prompt: 'who? ' });
  await server.call('py_send_input', { job_id: asking['job_id'], text: 'ada\n' });
  const answered = await server.call('py_session_run', { session: 'main', cell: 1 });
  expect(answered).toMatchObject({ status: 'ok', value: { text: "'ADA'" } });
});

test('no more sessions live than the setting allows; the refusal lists them', async () => {
  const server = await startServer({ env: { PYTHON_MCP_MAX_SESSIONS: '1' } });
  await run(server, '1');
  const refused = await server.session.callTool('py_session_run', { session: 'other', code: '1' });
  expect((refused.content[0] as { text: string }).text).toMatch(
    /^1 sessions live, and max_sessions is 1: main \((?:idle|running), job \w+\)\. Use one of them/,
  );
});

test('an idle session ends by itself, and says so', async () => {
  const server = await startServer({ env: { PYTHON_MCP_SESSION_IDLE_SECONDS: '1' } });
  const { job_id: id } = await run(server, 'x = 1');
  await server.ended(id);
  const refused = await server.session.callTool('py_session_run', { session: 'main', code: 'x' });
  expect((refused.content[0] as { text: string }).text).toContain('It was idle for too long');
});

test('two servers that begin one name at once share one session', async () => {
  const a = await startServer();
  const b = await startServer({ on: a });
  const both = await Promise.all([run(a, 'print(1)'), run(b, 'print(2)')]);
  expect(new Set(both.map((reply) => reply['job_id'])).size).toBe(1);
  expect(both.map((reply) => reply['cell']).sort((x, y) => x - y)).toEqual([1, 2]);
});

test('one cell is read by itself: its output page by page, its value and its figures', async () => {
  const server = await startServer();
  await run(server, 'print("before")');
  const { job_id: id } = await run(
    server,
    'import sys\nfrom python_mcp import artifact\nfor n in range(300): print("line", n)\nprint("oh", file=sys.stderr)\n{"a": 1}',
  );
  await run(server, 'print("behind")');
  const read = (more: object = {}) =>
    server.text('py_job_output', { job_id: id, cell: 2, ...more });
  const whole = await read();
  expect(whole).toMatch(/ · cell 2 ok · end of output · /);
  expect(whole).toMatch(/\n--- value: dict ---\n\{'a': 1\}\n\w+$/);
  expect(whole).not.toMatch(/before|behind/);
  const lines: string[] = [];
  let page = await read({ max_bytes: 500 });
  for (;;) {
    lines.push(...(page.match(/(?<=^(?:out\| )?)line \d+$/gm) ?? []));
    const cursor = /next cursor (\S+)/.exec(page)?.[1];
    if (cursor === undefined) break;
    page = await read({ max_bytes: 500, cursor });
  }
  expect(lines).toEqual(Array.from({ length: 300 }, (_, n) => `line ${n}`));
  expect(await read({ tail: true, max_bytes: 200 })).toMatch(/line 299\n[^]*oh\n/);
  expect(await read({ tail: true, stream: 'stderr' })).not.toContain('line 299');
  expect(await server.refusal('py_job_output', { job_id: id, cell: 9 })).toContain('newest is 3');
});

test('the status of a session says what it does, what it holds and what it did last', async () => {
  const server = await startServer();
  const { job_id: id } = await run(server, 'x = [1, 2]');
  await run(server, 'import time\ntime.sleep(600)', { wait_seconds: 0.2 });
  await run(server, '3', { wait_seconds: 0 });
  const { job } = await server.call('py_job_status', { job_id: id });
  expect(job.session).toMatchObject({
    name: 'main',
    state: 'running',
    cell: 2,
    queued: 1,
    variables: ['x: list 2'],
    cells: [
      { cell: 1, status: 'ok', first_line: 'x = [1, 2]', changed: ['x: list 2'] },
      { cell: 2, status: 'running', first_line: 'import time' },
      { cell: 3, status: 'queued', first_line: '3' },
    ],
  });
  await server.call('py_cancel_job', { job_id: id, cell: 2 });
  await server.call('py_session_run', { session: 'main', cell: 3 });
  const idle = await server.call('py_job_status', { job_id: id, incremental: true });
  expect(idle.job.session).toEqual({
    name: 'main',
    state: 'idle',
    cell: 3,
    queued: 0,
    ends_at: expect.stringMatching(/^\d{4}-.*Z$/),
  });
});
