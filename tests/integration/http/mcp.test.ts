/** `/mcp`: the clients of both protocol eras, over the server of `serve`. */
import { readdirSync } from 'node:fs';
import { expect, onTestFinished, test } from 'vitest';
import { connectHttp, type Era, ERAS, type McpSession } from '../../support/mcp-session.ts';
import type { Reply } from '../../support/start-server.ts';
import { waitFor } from '../../support/wait-for.ts';
import { ask, type HttpTestServer, startHttpServer } from './http-server.ts';

const LINES =
  'import time\nfor n in range(40):\n    print("line", n, "ü" * 20)\n    time.sleep(0.02)';
const EXPECTED = Array.from({ length: 40 }, (_, n) => `line ${n} ${'ü'.repeat(20)}\n`).join('');

interface Connected {
  session: McpSession;
  call: (tool: string, args: object) => Promise<Reply>;
}

async function connected(server: HttpTestServer, era: Era, name = 'tests'): Promise<Connected> {
  const session = await connectHttp(era, server, { name, version: '1' });
  onTestFinished(() => session.close().catch(() => {}));
  return {
    session,
    async call(tool, args) {
      const reply = await session.callTool(tool, args);
      if (reply.isError) throw new Error(JSON.stringify(reply.content));
      return reply.structuredContent;
    },
  };
}

async function started({ work }: HttpTestServer, { call }: Connected, code: string) {
  const run = { directory: work, script_content: code, async_mode: true };
  return (await call('py_run_script_in_dir', run)).job_id as string;
}

/** Polls for what is new until a final status, as clients have done from the beginning. */
async function looped({ call }: Connected, id: string): Promise<string> {
  let seen = '';
  for (;;) {
    const ask = { job_id: id, incremental: true, wait_seconds: 10 };
    const { job } = await call('py_job_status', ask);
    seen += job.new_stdout ?? '';
    if (['completed', 'failed', 'cancelled'].includes(job.status)) return seen;
  }
}

/** Handles that stay when all is over: timers, sockets, watchers. */
function openFiles(pid: number): number {
  return readdirSync(`/proc/${pid}/fd`).length;
}

test.each(ERAS)('%s: a job is started and read to its end, each byte once', async (era) => {
  const server = await startHttpServer();
  const client = await connected(server, era, 'somebody');
  const id = await started(server, client, LINES);
  expect(await looped(client, id)).toBe(EXPECTED);
  const { job } = await client.call('py_job_status', { job_id: id });
  expect(job.client).toBe('somebody 1');
});

test('50 clients at once, of all eras, each with its own output', async () => {
  const server = await startHttpServer();
  const warm = await connected(server, 'legacy');
  await looped(warm, await started(server, warm, 'print(1)'));
  const before = openFiles(server.pid);
  const numbers = Array.from({ length: 50 }, (_, n) => n);
  const clients = await Promise.all(numbers.map((n) => connected(server, ERAS[n % 3] as Era)));
  const outputs = await Promise.all(
    clients.map(async (client, n) =>
      looped(client, await started(server, client, `print("mine", ${n})`)),
    ),
  );
  expect(outputs).toEqual(numbers.map((n) => `mine ${n}\n`));
  await Promise.all(clients.map(({ session }) => session.close()));
  await waitFor(() => openFiles(server.pid) <= before + 3, 30_000, 'connections to be closed');
});

test('two sessions that read one job without naming themselves do not take from each other', async () => {
  const server = await startHttpServer();
  const first = await connected(server, 'legacy');
  const second = await connected(server, 'sdk v1');
  const id = await started(server, first, LINES);
  expect(await Promise.all([looped(first, id), looped(second, id)])).toEqual([EXPECTED, EXPECTED]);
});

test.each(ERAS)('%s: a reply whose connection was dropped moves no reader', async (era) => {
  const server = await startHttpServer();
  const client = await connected(server, era);
  const gate = "import os, time\nwhile not os.path.exists('go'): time.sleep(0.02)\nprint('after')";
  const id = await started(server, client, gate);
  const dropped = await droppedPoll(server, client, era, id);
  dropped.abort();
  await client.call('py_run_script_in_dir', {
    directory: server.work,
    script_content: "open('go', 'w').close()",
  });
  await server.ended(id);
  expect(await looped(client, id)).toBe('after\n');
});

/** A poll that waits at the server for output, by a request of its own that can be cut off. */
async function droppedPoll(
  server: HttpTestServer,
  { session }: Connected,
  era: Era,
  id: string,
): Promise<AbortController> {
  const params = {
    name: 'py_job_status',
    arguments: { job_id: id, incremental: true, wait_seconds: 20 },
    ...(era === 'modern'
      ? {
          _meta: {
            'io.modelcontextprotocol/protocolVersion': '2026-07-28',
            'io.modelcontextprotocol/clientCapabilities': {},
            'io.modelcontextprotocol/clientInfo': { name: 'tests', version: '1' },
          },
        }
      : {}),
  };
  const { sessionId = '' } = session.client.transport ?? {};
  const cut = new AbortController();
  const reply = await fetch(new URL('mcp', server.url), {
    method: 'POST',
    signal: cut.signal,
    headers: {
      authorization: `Bearer ${server.token}`,
      'content-type': 'application/json',
      accept: 'application/json, text/event-stream',
      ...(era === 'modern'
        ? {
            'mcp-protocol-version': '2026-07-28',
            'mcp-method': 'tools/call',
            'mcp-name': 'py_job_status',
          }
        : { 'mcp-session-id': sessionId }),
    },
    body: JSON.stringify({ jsonrpc: '2.0', id: 900, method: 'tools/call', params }),
  });
  expect(reply.status).toBe(200);
  return cut;
}

test('a session ends with DELETE, and is not known after it', async () => {
  const server = await startHttpServer();
  const client = await connected(server, 'legacy');
  const headers = { 'mcp-session-id': client.session.client.transport?.sessionId ?? '' };
  const ping = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'ping' });
  const accept = 'application/json, text/event-stream';
  const look = () => server.ask('POST', '/mcp', { headers: { ...headers, accept }, body: ping });
  expect((await look()).status).toBe(200);
  const authorization = `Bearer ${server.token}`;
  const end = { headers: { ...headers, authorization }, bare: true };
  expect((await server.ask('DELETE', '/mcp', end)).status).toBe(200);
  const after = await look();
  expect(after.status).toBe(404);
  expect(after.text).toContain('Send initialize');
});

test('of many sessions that nobody ends the oldest goes', async () => {
  const server = await startHttpServer();
  const first = await connected(server, 'legacy');
  const clientInfo = { name: 'many', version: '1' };
  const params = { protocolVersion: '2025-06-18', capabilities: {}, clientInfo };
  const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'initialize', params });
  const headers = { accept: 'application/json, text/event-stream' };
  for (let n = 0; n < 128; n += 1) {
    expect((await server.ask('POST', '/mcp', { headers, body })).status).toBe(200);
  }
  await expect(first.call('py_list_jobs', {})).rejects.toThrow(/Session not found/);
});

test('nobody gets in without the token, from another site or by another name', async () => {
  const { port, token } = await startHttpServer();
  const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'ping' });
  const statusOf = async (headers: Record<string, string>, given = token) =>
    (await ask(port, given, 'POST', '/mcp', { headers, body })).status;
  expect(await statusOf({}, 'wrong')).toBe(401);
  expect(await statusOf({ host: `example.com:${port}` })).toBe(403);
  expect(await statusOf({ origin: 'http://example.com' })).toBe(403);
  expect(await statusOf({ 'content-type': 'text/plain' })).toBe(415);
});

test('a run that is waited for ends with its session', async () => {
  const server = await startHttpServer();
  const client = await connected(server, 'legacy');
  const run = { directory: server.work, script_content: 'import time; time.sleep(60)' };
  const lost = client.call('py_run_script_in_dir', run).catch(() => {});
  const running = async () => (await server.get('/api/v1/jobs?status=running')).jobs[0]?.id;
  const id = await waitFor(running, 30_000, 'the run to start');
  await client.session.close();
  await lost;
  expect((await server.ended(id)).status).toBe('cancelled');
});

test.each(['modern', 'legacy'] as const)('%s: news of a resource come over HTTP', async (era) => {
  const server = await startHttpServer();
  const client = await connected(server, era);
  const heard: string[] = [];
  const { client: mcp } = client.session;
  mcp.setNotificationHandler('notifications/resources/updated', ({ params }) => {
    heard.push(params.uri);
  });
  const gate = "import os, time\nwhile not os.path.exists('go'): time.sleep(0.02)\nprint('after')";
  const id = await started(server, client, gate);
  const { resourceTemplates } = await mcp.listResourceTemplates();
  const template = resourceTemplates.find(({ uriTemplate }) => uriTemplate.includes('stdout'));
  const uri = (template?.uriTemplate ?? '').replace(/\{[^}]*\}/, id);
  if (era === 'legacy') await mcp.subscribeResource({ uri });
  else await mcp.listen({ resourceSubscriptions: [uri] });
  await client.call('py_run_script_in_dir', {
    directory: server.work,
    script_content: "open('go', 'w').close()",
  });
  await waitFor(() => heard.includes(uri), 20_000, 'news');
});
