import { connect } from 'node:net';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ROUTES } from '../../../src/http/route-table.ts';
import { waitFor } from '../../support/wait-for.ts';
import { type Answer, type HttpTestServer, startHttpServer } from './http-server.ts';

const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'PROPFIND', 'TRACE'];
const UNKNOWN_ID = '0'.repeat(32);
const PATHS = [...new Set(ROUTES.map(({ path }) => path)), '/api/v1/none', '/api', '/API/v1/jobs'];
const TARGETS = [
  ...PATHS.map((path) => path.replace(':id', UNKNOWN_ID).replace(/:name(?:\{\.\+\})?/, 'x')),
  '/%61pi/v1/jobs',
  '/api%2Fv1/jobs',
];

/** Every route and some that are none, with every method. */
const EVERYTHING = TARGETS.flatMap((path) => METHODS.map((method) => ({ method, path })));

test('without the right token nothing is told and nothing done', async () => {
  const server = await startHttpServer();
  const { token } = server;
  const wrong = [
    undefined,
    '',
    'Bearer',
    'Bearer ',
    `Bearer ${token.slice(0, 10)}`,
    `Bearer ${token.slice(0, -1)}`,
    `Bearer ${token}x`,
    `Bearer ${swapCase(token)}`,
    `bearer ${token}`,
    `Basic ${Buffer.from(`x:${token}`).toString('base64')}`,
    token,
  ];
  for (const authorization of wrong) {
    for (const { method, path } of EVERYTHING) {
      const headers = authorization === undefined ? {} : { authorization };
      const answer = await refused(server, method, path, headers);
      expect([method, path, authorization, answer.status]).toEqual([
        method,
        path,
        authorization,
        401,
      ]);
      expect(isProblem(answer, method)).toBe(true);
      expectSafeHeaders(answer);
    }
  }
});

test('a token in the address or in a cookie is not taken, and never logged', async () => {
  const server = await startHttpServer();
  const { token } = server;
  for (const { method, path } of EVERYTHING) {
    const inAddress = await refused(server, method, `${path}?token=${token}`);
    expect([method, path, inAddress.status]).toEqual([method, path, 400]);
    const inCookie = await refused(server, method, path, { cookie: `token=${token}` });
    expect([method, path, inCookie.status]).toEqual([method, path, 401]);
  }
  expect((await refused(server, 'GET', `/?token=${token}`)).status).toBe(400);
  expect((await refused(server, 'GET', `/?access_token=${token}`)).status).toBe(400);
  const log = readFileSync(join(server.home, 'logs', 'server.log'), 'utf8');
  expect(log).not.toContain(token);
});

test('only exact names of the server are taken as Host', async () => {
  const server = await startHttpServer();
  const { port } = server;
  const bad = [
    'evil.example',
    '127.0.0.1',
    'localhost',
    `127.0.0.1:${port + 1}`,
    `2130706433:${port}`,
    `0x7f.1:${port}`,
    `evil@localhost:${port}`,
    `localhost.:${port}`,
    `0.0.0.0:${port}`,
    `127.0.0.1:0${port}`,
    `[::ffff:127.0.0.1]:${port}`,
  ];
  for (const host of bad) {
    for (const path of ['/', '/api/v1/jobs', '/metrics']) {
      const answer = await server.ask('GET', path, { headers: { host } });
      expect([host, path, answer.status]).toEqual([host, path, 403]);
      expectSafeHeaders(answer);
    }
  }
  for (const host of [
    `127.0.0.1:${port}`,
    `localhost:${port}`,
    `LOCALHOST:${port}`,
    `[::1]:${port}`,
  ]) {
    expect((await server.ask('GET', '/api/v1/jobs', { headers: { host } })).status).toBe(200);
  }
  for (const line of ['', 'Host:\r\n', 'Host: a\r\nHost: b\r\n']) {
    const answer = await raw(port, `GET /api/v1/jobs HTTP/1.1\r\n${line}\r\n`);
    expect([line, answer.slice(0, 13)]).toEqual([line, 'HTTP/1.1 403 ']);
  }
  const absolute = `GET http://127.0.0.1:${port}/api/v1/jobs HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\n\r\n`;
  expect(await raw(port, absolute)).toMatch(/^HTTP\/1.1 400 /);
  expect(await raw(port, absolute.replace('http://127', 'http://evil.example@127'))).toMatch(
    / 400 /,
  );
});

test('pages of other origins are refused, with the token too', async () => {
  const server = await startHttpServer();
  const { port } = server;
  const origins = [
    'http://evil.example',
    'null',
    `http://localhost:${port + 1}`,
    `http://localhost:${port}.evil`,
    `https://localhost:${port}`,
    `http://localhost:${port}/`,
    'http://localhost',
    '',
  ];
  for (const origin of origins) {
    for (const { method, path } of EVERYTHING) {
      const { status } = await server.ask(method, path, { headers: { origin } });
      expect([origin, method, path, status]).toEqual([origin, method, path, 403]);
    }
  }
  const own = { origin: `http://127.0.0.1:${port}`, 'sec-fetch-site': 'same-origin' };
  expect((await server.ask('GET', '/api/v1/jobs', { headers: own })).status).toBe(200);
});

test('what a browser sends for other sites is refused, preflights too', async () => {
  const server = await startHttpServer();
  for (const { method, path } of EVERYTHING) {
    for (const site of [
      'cross-site',
      'same-site',
      'weird',
      ...(method === 'GET' ? [] : ['none']),
    ]) {
      const { status } = await server.ask(method, path, { headers: { 'sec-fetch-site': site } });
      expect([site, method, path, status]).toEqual([site, method, path, 403]);
    }
  }
  const typed = { 'sec-fetch-site': 'none' };
  expect((await server.ask('GET', '/api/v1/jobs', { headers: typed })).status).toBe(200);
  const { origin } = new URL(server.url);
  const preflight = await server.ask('OPTIONS', '/api/v1/jobs', {
    headers: { origin, 'access-control-request-method': 'POST' },
  });
  expect(preflight.status).toBe(405);
  expect(
    Object.keys(preflight.headers).filter((name) => name.startsWith('access-control')),
  ).toEqual([]);
});

test('a body is taken as JSON or not at all', async () => {
  const server = await startHttpServer();
  const run = JSON.stringify({ directory: server.work, script_content: 'print(1)' });
  const types = [
    undefined,
    'text/plain',
    'application/x-www-form-urlencoded',
    'multipart/form-data; boundary=x',
    'application/jsonp',
    'text/plain; application/json',
    'application/json; charset=utf-16',
  ];
  const writing = EVERYTHING.filter(({ method }) => /POST|PUT|PATCH|DELETE/.test(method));
  for (const type of types) {
    for (const { method, path } of writing) {
      const headers = {
        authorization: `Bearer ${server.token}`,
        ...(type === undefined ? {} : { 'content-type': type }),
      };
      const { status } = await server.ask(method, path, { headers, body: run, bare: true });
      expect([type, method, path, status]).toEqual([type, method, path, 415]);
    }
  }
  const zipped = { 'content-encoding': 'gzip' };
  const bomb = await server.ask('POST', '/api/v1/jobs', { headers: zipped, body: run });
  expect(bomb.status).toBe(415);
  expect((await server.get('/api/v1/jobs')).total).toBe(0);
});

test('too much of anything is bounded, and others are served meanwhile', async () => {
  const server = await startHttpServer();
  const long = Buffer.alloc(1024 * 1024 + 1, 0x20);
  const rerun = `/api/v1/jobs/${UNKNOWN_ID}/rerun`;
  expect((await server.ask('POST', rerun, { body: long })).status).toBe(413);
  const chunked = { 'transfer-encoding': 'chunked' };
  expect((await server.ask('POST', rerun, { body: long, headers: chunked })).status).toBe(413);
  const longer = Buffer.alloc(17 * 1024 * 1024 + 1, 0x20);
  expect((await server.ask('POST', '/api/v1/jobs', { body: longer })).status).toBe(413);
  const head = `GET / HTTP/1.1\r\nHost: 127.0.0.1:${server.port}\r\nX: ${'x'.repeat(20_000)}\r\n\r\n`;
  const broken = await raw(server.port, head);
  expect(broken).toMatch(/^HTTP\/1.1 413 /);
  expect(broken).toContain('content-security-policy: ');
});

test('200 idle connections and slow headers stop nobody, and are dropped', async () => {
  const server = await startHttpServer();
  const idle = await Promise.all(Array.from({ length: 200 }, () => openSocket(server.port)));
  const slow = await openSocket(server.port);
  slow.write('GET / HTTP/1.1\r\nHost: 127');
  expect((await server.get('/api/v1/health')).status).toBe('ok');
  const all = [...idle, slow];
  try {
    await waitFor(() => all.every((socket) => socket.destroyed), 30_000, 'idle sockets dropped');
  } finally {
    for (const socket of all) socket.destroy();
  }
});

test('CONNECT and upgrades of other kinds are refused', async () => {
  const server = await startHttpServer();
  const { port, token } = server;
  const host = `Host: 127.0.0.1:${port}\r\n`;
  const upgrade = 'Connection: Upgrade\r\nUpgrade: websocket\r\n';
  const key = 'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n';
  const good = `Sec-WebSocket-Protocol: python-mcp, bearer.${token}\r\n`;
  const path = `/api/v1/jobs/${UNKNOWN_ID}/socket`;
  const tries: [expected: string, request: string][] = [
    ['401', `GET ${path} HTTP/1.1\r\n${host}${upgrade}${key}\r\n`],
    [
      '401',
      `GET ${path} HTTP/1.1\r\n${host}${upgrade}${key}Sec-WebSocket-Protocol: bearer.x\r\n\r\n`,
    ],
    ['404', `GET ${path} HTTP/1.1\r\n${host}${upgrade}${key}${good}\r\n`],
    ['404', `GET /api/v1/jobs HTTP/1.1\r\n${host}${upgrade}${key}${good}\r\n`],
    ['404', `GET / HTTP/1.1\r\n${host}${upgrade}${key}${good}\r\n`],
    ['403', `GET ${path} HTTP/1.1\r\nHost: evil.example\r\n${upgrade}${key}${good}\r\n`],
    ['403', `GET ${path} HTTP/1.1\r\n${host}Origin: http://evil\r\n${upgrade}${key}${good}\r\n`],
    ['400', `GET ${path}?token=${token} HTTP/1.1\r\n${host}${upgrade}${key}${good}\r\n`],
    ['401', `GET ${path} HTTP/1.1\r\n${host}Connection: Upgrade\r\nUpgrade: h2c\r\n${good}\r\n`],
  ];
  for (const [expected, request] of tries) {
    expect(await raw(port, request)).toMatch(new RegExp(`^HTTP/1.1 ${expected} `));
  }
  const tunnel = `CONNECT evil.example:80 HTTP/1.1\r\nHost: evil.example:80\r\n\r\n`;
  expect(await raw(port, tunnel)).not.toMatch(/^HTTP\/1.1 2/);
});

test('the page holds no token, and every reply its headers', async () => {
  const server = await startHttpServer();
  const page = await server.ask('GET', '/', { bare: true });
  expect([200, 404]).toContain(page.status);
  expect(page.text).not.toContain(server.token);
  expectSafeHeaders(page);
  for (const path of [
    '/../x',
    '/assets/..%2f..%2fpackage.json',
    '/.git/config',
    '/index.html/../x',
  ]) {
    const answer = await server.ask('GET', path, { bare: true });
    expect([path, answer.status >= 400]).toEqual([path, true]);
    expectSafeHeaders(answer);
  }
  for (const { method, path } of EVERYTHING) {
    if (method === 'GET' && path === '/api/v1/events') continue; // never ends
    expectSafeHeaders(await server.ask(method, path));
  }
});

function expectSafeHeaders({ headers }: Answer): void {
  const policy = String(headers['content-security-policy']);
  expect(policy).toMatch(/default-src 'none'/);
  expect(policy).toMatch(/frame-ancestors 'none'|^sandbox/);
  expect(policy).not.toMatch(/unsafe-eval|\*/);
  expect(headers['x-content-type-options']).toBe('nosniff');
  expect(headers['referrer-policy']).toBe('no-referrer');
  expect(headers['cross-origin-resource-policy']).toBe('same-origin');
  expect(headers['access-control-allow-origin']).toBeUndefined();
}

function isProblem({ status, headers, text }: Answer, method: string): boolean {
  if (headers['content-type'] !== 'application/problem+json') return false;
  return method === 'HEAD' ? text === '' : JSON.parse(text).status === status;
}

async function refused(
  server: HttpTestServer,
  method: string,
  path: string,
  headers: Record<string, string> = {},
): Promise<Answer> {
  return server.ask(method, path, { headers, bare: true });
}

function swapCase(text: string): string {
  return Array.from(text)
    .map((c) => (c === c.toUpperCase() ? c.toLowerCase() : c.toUpperCase()))
    .join('');
}

async function openSocket(port: number) {
  const socket = connect(port, '127.0.0.1');
  socket.on('error', () => socket.destroy());
  await new Promise<void>((resolve) => socket.once('connect', () => resolve()));
  socket.resume();
  return socket;
}

/** What comes back before the server closes the connection, or for 5 s. */
async function raw(port: number, request: string): Promise<string> {
  const socket = connect(port, '127.0.0.1');
  let text = '';
  socket.on('error', () => socket.destroy());
  socket.on('data', (chunk) => {
    text += chunk.toString('latin1');
  });
  socket.write(request);
  await waitFor(() => socket.destroyed || text.includes('\r\n\r\n'), 5_000, 'an answer');
  socket.destroy();
  return text;
}
