/**
 * Who may ask: acceptance tests 33 to 38, over every route and every method (see docs/security.md).
 * What is sent takes turns with what it is sent to: every value, and every route with every method
 * and several of the values. With PYTHON_MCP_HEAVY=1 (npm run test:heavy) each is tried with each.
 */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { inTurn } from '../../support/heavy.ts';
import {
  each,
  everyPath,
  everyRequest,
  pageRequests,
  type Request,
  unharmed,
  victimOn,
  writingRequests,
} from './every-request.ts';
import { fileServer } from './file-server.ts';
import { type Answer, type HttpTestServer, startHttpServer } from './http-server.ts';
import { raw, statusOf } from './raw-request.ts';
import { expectSafeHeaders } from './safe-headers.ts';

const served = fileServer();

/** As many turns as there are at least values of a kind. */
const TURNS = 4;

describe('acceptance 33', () => {
  test('without the right token nothing is told and nothing done', async () => {
    const server = served();
    const victim = await victimOn(server);
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
    for (const [turn, authorization] of wrong.entries()) {
      const headers = authorization === undefined ? {} : { authorization };
      await each(inTurn(everyRequest(victim.id), turn, TURNS), async (request) => {
        const answer = await ask(server, request, headers);
        expect([request, authorization, answer.status]).toEqual([request, authorization, 401]);
        expect(isProblem(answer, request.method)).toBe(true);
        expectSafeHeaders(answer);
      });
    }
    expect(await victim.state()).toEqual(unharmed(victim.id));
  });

  test('nor on a path that only leads to a route when it is resolved', async () => {
    const server = served();
    const victim = await victimOn(server);
    const ways = [
      '/x/..',
      '/.',
      '/assets/../..',
      '/%2e',
      '/x/%2e%2e',
      '/x/.%2E',
      '/x\\..',
      '/x/..;',
      '/x/',
    ];
    for (const [turn, way] of ways.entries()) {
      await each(inTurn(everyRequest(victim.id), turn, TURNS), async ({ method, path }) => {
        const answer = await ask(server, { method, path: way + path });
        const wanted = /^\/x\/(?:\.\.;)?$/.test(way) ? [401, 404] : [400];
        expect([method, way + path, wanted.includes(answer.status)]).toEqual([
          method,
          way + path,
          true,
        ]);
        expectSafeHeaders(answer);
      });
    }
    expect(await victim.state()).toEqual(unharmed(victim.id));
  });

  test('pages are read without a token, and tell nothing', async () => {
    const server = served();
    await each(pageRequests(), async (request) => {
      const answer = await ask(server, request);
      expect([request, [200, 404].includes(answer.status)]).toEqual([request, true]);
      expect(answer.text).not.toContain(server.token);
      expect(answer.text).not.toContain(server.home);
    });
  });
});

describe('acceptance 34', () => {
  test('a token in the address or in a cookie is not taken', async () => {
    const server = served();
    const { token } = server;
    const names = ['token', 'access_token', 'auth_token', 'TOKEN', '%74oken', 'x=1&token'];
    for (const [turn, name] of names.entries()) {
      await each(
        inTurn([...everyRequest(), ...pageRequests()], turn, TURNS),
        async ({ method, path }) => {
          const request = { method, path: `${path}?${name}=${token}` };
          expect([request, (await ask(server, request)).status]).toEqual([request, 400]);
        },
      );
    }
    await each(everyRequest(), async (request) => {
      const { status } = await ask(server, request, { cookie: `token=${token}` });
      expect([request, status]).toEqual([request, 401]);
    });
  });

  test('the token is written to serve.json and its own file, and nowhere else', async () => {
    const server = await startHttpServer();
    const { token, home } = server;
    await server.ended(await server.start('import os\nprint(dict(os.environ))'));
    await ask(server, { method: 'GET', path: `/api/v1/jobs?token=${token}` });
    await ask(
      server,
      { method: 'GET', path: '/api/v1/jobs' },
      { authorization: `Bearer ${token}x` },
    );
    await server.ask('GET', '/api/v1/jobs?limit=0');
    await server.ask('GET', `/api/v1/jobs/${token}`);
    const files = readdirSync(home, { recursive: true, encoding: 'utf8' });
    const holding = files.filter((name) => holds(join(home, name), token));
    expect(holding).toEqual([join('meta', 'serve.json'), join('meta', 'token')]);
    expect(server.printed().split(token)).toHaveLength(2);
    expect(readFileSync(`/proc/${server.pid}/cmdline`, 'latin1')).not.toContain(token);
    await server.stop();
    const left = files.filter((name) => holds(join(home, name), token));
    expect(left).toEqual([join('meta', 'token')]);
  });
});

describe('acceptance 35', () => {
  test('only exact names of the server are taken as Host', async () => {
    const server = served();
    const { port } = server;
    const bad = [
      'evil.example',
      `evil.example:${port}`,
      '127.0.0.1',
      'localhost',
      `2130706433:${port}`,
      `0x7f.1:${port}`,
      `127.1:${port}`,
      `evil@localhost:${port}`,
      `localhost.:${port}`,
      `localhost.evil.example:${port}`,
      `0.0.0.0:${port}`,
      `127.0.0.1:0${port}`,
      `[::ffff:127.0.0.1]:${port}`,
    ];
    for (const [turn, host] of bad.entries()) {
      await each(
        inTurn([...everyRequest(), ...pageRequests()], turn, TURNS),
        async ({ method, path }) => {
          const answer = await server.ask(method, path, { headers: { host } });
          expect([host, method, path, answer.status]).toEqual([host, method, path, 403]);
          expectSafeHeaders(answer);
        },
      );
    }
    const good = [
      `127.0.0.1:${port + 1}`,
      `127.0.0.1:${port}`,
      `localhost:${port}`,
      `LOCALHOST:${port}`,
      `[::1]:${port}`,
    ];
    for (const host of good) {
      expect((await server.ask('GET', '/api/v1/jobs', { headers: { host } })).status).toBe(200);
    }
  });

  test('no Host, an empty one, two, and addresses in full are refused', async () => {
    const { port, token } = served();
    const own = `Host: 127.0.0.1:${port}\r\n`;
    const rest = `Authorization: Bearer ${token}\r\nContent-Type: application/json\r\n\r\n`;
    const hosts: [host: string, expected: string][] = [
      ['', '403'],
      ['Host:\r\n', '403'],
      [`Host: evil.example\r\n${own}`, '403'],
    ];
    await each([...everyRequest(), ...pageRequests()], async ({ method, path }) => {
      for (const [host, expected] of hosts) {
        const answer = await raw(port, `${method} ${path} HTTP/1.1\r\n${host}${rest}`);
        expect([method, path, host, statusOf(answer)]).toEqual([method, path, host, expected]);
      }
      for (const address of [`http://127.0.0.1:${port}`, 'http://evil.example', '//evil.example']) {
        const target = `${address}${path}`;
        const answer = await raw(port, `${method} ${target} HTTP/1.1\r\n${own}${rest}`);
        expect([method, target, statusOf(answer)]).toEqual([method, target, '400']);
      }
    });
  });
});

describe('acceptance 36', () => {
  test('pages of other origins are refused, with the token too', async () => {
    const server = served();
    const { port } = server;
    const victim = await victimOn(server);
    const origins = [
      'http://evil.example',
      'null',
      `http://localhost:${port + 1}`,
      `http://localhost:${port}.evil`,
      `http://localhost:${port}.evil.example`,
      `http://evil.localhost:${port}`,
      `https://localhost:${port}`,
      `http://localhost:${port}/`,
      `HTTP://LOCALHOST:${port}`,
      'http://localhost',
      `http://localhost:${port}, http://evil.example`,
      '',
    ];
    const requests = [...everyRequest(victim.id), ...pageRequests()];
    for (const [turn, origin] of origins.entries()) {
      await each(inTurn(requests, turn, TURNS), async ({ method, path }) => {
        const { status } = await server.ask(method, path, { headers: { origin } });
        expect([origin, method, path, status]).toEqual([origin, method, path, 403]);
      });
    }
    const own = { origin: `http://127.0.0.1:${port}`, 'sec-fetch-site': 'same-origin' };
    expect((await server.ask('GET', '/api/v1/jobs', { headers: own })).status).toBe(200);
    expect(await victim.state()).toEqual(unharmed(victim.id));
  });
});

describe('acceptance 37', () => {
  test('what a browser sends for other sites is refused', async () => {
    const server = served();
    const victim = await victimOn(server);
    await each([...everyRequest(victim.id), ...pageRequests()], async ({ method, path }) => {
      const typed = method === 'GET' ? [] : ['none'];
      for (const site of ['cross-site', 'same-site', 'weird', 'same-origin, none', '', ...typed]) {
        const { status } = await server.ask(method, path, { headers: { 'sec-fetch-site': site } });
        expect([site, method, path, status]).toEqual([site, method, path, 403]);
      }
    });
    const typed = { 'sec-fetch-site': 'none' };
    expect((await server.ask('GET', '/api/v1/jobs', { headers: typed })).status).toBe(200);
    expect(await victim.state()).toEqual(unharmed(victim.id));
  });

  test('a preflight gets no permission and does nothing, from whatever origin', async () => {
    const server = served();
    const victim = await victimOn(server);
    const { origin } = new URL(server.url);
    await each([...everyPath(victim.id), '/'], async (path) => {
      for (const from of [origin, 'http://evil.example']) {
        const headers = {
          origin: from,
          'access-control-request-method': 'POST',
          'access-control-request-headers': 'authorization, content-type',
        };
        const answer = await server.ask('OPTIONS', path, { headers });
        expect([path, from, answer.status]).toEqual([path, from, from === origin ? 405 : 403]);
        expectSafeHeaders(answer);
      }
    });
    expect(await victim.state()).toEqual(unharmed(victim.id));
  });
});

describe('acceptance 38', () => {
  test('a body is taken as JSON or not at all', async () => {
    const server = served();
    const victim = await victimOn(server);
    const run = JSON.stringify({ directory: server.work, script_content: 'print(1)' });
    const types = [
      undefined,
      '',
      'text/plain',
      'application/x-www-form-urlencoded',
      'multipart/form-data; boundary=x',
      'application/jsonp',
      'text/json',
      'text/plain; application/json',
      'application/json, text/plain',
      'application/json; charset=utf-16',
    ];
    for (const [turn, type] of types.entries()) {
      await each(inTurn(writingRequests(victim.id), turn, TURNS), async ({ method, path }) => {
        const headers = {
          authorization: `Bearer ${server.token}`,
          ...(type === undefined ? {} : { 'content-type': type }),
        };
        const sent = { headers, bare: true, ...(type === '' ? {} : { body: run }) };
        const { status } = await server.ask(method, path, sent);
        expect([type, method, path, status]).toEqual([type, method, path, 415]);
      });
    }
    expect(await victim.state()).toEqual(unharmed(victim.id));
  });
});

async function ask(
  server: HttpTestServer,
  { method, path }: Request,
  headers: Record<string, string> = {},
): Promise<Answer> {
  return server.ask(method, path, { headers, bare: true });
}

function isProblem({ status, headers, text }: Answer, method: string): boolean {
  if (headers['content-type'] !== 'application/problem+json') return false;
  return method === 'HEAD' ? text === '' : JSON.parse(text).status === status;
}

function holds(path: string, text: string): boolean {
  const stats = statSync(path, { throwIfNoEntry: false });
  return stats?.isFile() === true && readFileSync(path, 'latin1').includes(text);
}

function swapCase(text: string): string {
  return Array.from(text)
    .map((c) => (c === c.toUpperCase() ? c.toLowerCase() : c.toUpperCase()))
    .join('');
}
