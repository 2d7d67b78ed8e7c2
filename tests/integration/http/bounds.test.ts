/** How much anybody may ask for, and in which ways: acceptance tests 39 and 41 (docs/security.md). */
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { LONGEST_MESSAGE } from '../../../src/mcp/transports/checked-input.ts';
import { waitFor } from '../../support/wait-for.ts';
import { each, everyPath, everyRequest, unharmed, victimOn } from './every-request.ts';
import { methodsOf, pageRequests, writingRequests } from './every-request.ts';
import { fileServer } from './file-server.ts';
import { type HttpTestServer, startHttpServer } from './http-server.ts';
import { openSocket, raw, statusOf } from './raw-request.ts';
import { expectSafeHeaders, headersIn } from './safe-headers.ts';

const served = fileServer();

const MIB = 1024 * 1024;
const UPGRADE =
  'Connection: Upgrade\r\nUpgrade: websocket\r\n' +
  'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n';

describe('acceptance 39', () => {
  test('a body over the limit is refused wherever a body is taken, announced or not', async () => {
    const server = served();
    const victim = await victimOn(server);
    const host = `Host: 127.0.0.1:${server.port}\r\nAuthorization: Bearer ${server.token}\r\n`;
    for (const { method, path } of takingBodies(victim.id)) {
      const size = mostBytes(path) + 1;
      const length = `Content-Type: application/json\r\nContent-Length: ${size}\r\n\r\n`;
      const announced = await raw(server.port, `${method} ${path} HTTP/1.1\r\n${host}${length}`);
      expect([method, path, statusOf(announced)]).toEqual([method, path, '413']);
      expectSafeHeaders(headersIn(announced));
      const headers = { 'transfer-encoding': 'chunked' };
      const body = Buffer.alloc(size, 0x20);
      const answer = await server.ask(method, path, { body, headers });
      expect([method, path, answer.status]).toEqual([method, path, 413]);
      expectSafeHeaders(answer);
    }
    expect(await victim.state()).toEqual(unharmed(victim.id));
  });

  test('a body without end is cut off, at once when it has no token', async () => {
    const server = await startHttpServer();
    const { token, port } = server;
    const host = `Host: 127.0.0.1:${port}\r\n`;
    const typed = `Content-Type: application/json\r\nAuthorization: Bearer ${token}\r\n`;
    for (const headers of [host, `Host: evil\r\n${typed}`, `${host}Origin: null\r\n${typed}`]) {
      await each(writingRequests(), async ({ method, path }) => {
        const sent = await sendWithoutEnd(port, `${method} ${path} HTTP/1.1\r\n${headers}`);
        expect([method, path, sent < 8 * MIB]).toEqual([method, path, true]);
      });
    }
    const before = residentBytes(server);
    const withToken = sendWithoutEnd(port, `POST /api/v1/jobs HTTP/1.1\r\n${host}${typed}`);
    expect((await server.get('/api/v1/health')).status).toBe('ok');
    expect(await withToken).toBeLessThan(256 * MIB);
    expect(residentBytes(server) - before).toBeLessThan(128 * MIB);
  });

  test('headers of 20 KB are refused on every route', async () => {
    const { port } = served();
    await each([...everyRequest(), ...pageRequests()], async ({ method, path }) => {
      const long = `Host: 127.0.0.1:${port}\r\nX: ${'x'.repeat(20_000)}\r\n\r\n`;
      const answer = await raw(port, `${method} ${path} HTTP/1.1\r\n${long}`);
      expect([method, path, statusOf(answer)]).toEqual([method, path, '413']);
      expectSafeHeaders(headersIn(answer));
    });
  });

  test('200 idle connections, slow headers and slow bodies stop nobody', async () => {
    const server = await startHttpServer();
    const { port, token } = server;
    const idle = await Promise.all(Array.from({ length: 200 }, () => openSocket(port)));
    const slow = await Promise.all(Array.from({ length: 50 }, () => openSocket(port)));
    const bodies = await Promise.all(Array.from({ length: 50 }, () => openSocket(port)));
    const head = `POST /api/v1/jobs HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nContent-Length: 100\r\n`;
    for (const socket of bodies) {
      socket.write(
        `${head}Content-Type: application/json\r\nAuthorization: Bearer ${token}\r\n\r\n{`,
      );
    }
    const drip = setInterval(
      () => slow.forEach((socket) => socket.writable && socket.write('G')),
      200,
    );
    try {
      expect((await server.get('/api/v1/health')).status).toBe('ok');
      await server.ended(await server.start('print(1)'));
      const dropped = () => [...idle, ...slow].every((socket) => socket.destroyed);
      await waitFor(dropped, 30_000, 'idle sockets dropped');
      expect((await server.get('/api/v1/jobs')).total).toBe(1);
    } finally {
      clearInterval(drip);
      for (const socket of [...idle, ...slow, ...bodies]) socket.destroy();
    }
  });

  test('nothing that is packed is unpacked', async () => {
    const server = await startHttpServer();
    const victim = await victimOn(server);
    const bomb = gzipSync(Buffer.alloc(100 * MIB, 0x20));
    const before = residentBytes(server);
    await each(writingRequests(victim.id), async ({ method, path }) => {
      const codings = path.endsWith('/jobs') ? ['deflate', 'br', 'zstd', 'identity, gzip'] : [];
      for (const coding of ['gzip', ...codings]) {
        const headers = { 'content-encoding': coding };
        const { status } = await server.ask(method, path, { headers, body: bomb });
        expect([coding, method, path, status]).toEqual([coding, method, path, 415]);
      }
    });
    for (const { method, path } of takingBodies(victim.id)) {
      const headers = { 'transfer-encoding': 'gzip, chunked' };
      const { status } = await server.ask(method, path, { headers, body: bomb });
      expect([method, path, status]).toEqual([method, path, 400]);
    }
    expect(residentBytes(server) - before).toBeLessThan(64 * MIB);
    expect(await victim.state()).toEqual(unharmed(victim.id));
  });

  test('a WebSocket takes no compressed message', async () => {
    const server = served();
    const { id } = await victimOn(server);
    const socket = connect(server.port, '127.0.0.1');
    let got = Buffer.alloc(0);
    socket.on('data', (chunk) => (got = Buffer.concat([got, chunk])));
    const path = `/api/v1/jobs/${id}/socket`;
    const offer = 'Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits\r\n';
    socket.write(`GET ${path} HTTP/1.1\r\n${upgradeTo(server)}${offer}\r\n`);
    await waitFor(() => got.includes('\r\n\r\n'), 20_000, 'the handshake');
    const head = got.toString('latin1');
    expect(statusOf(head)).toBe('101');
    expect(head).not.toMatch(/extensions/i);
    const closed = once(socket, 'close');
    socket.write(Buffer.from([0xc1, 0x80, 0, 0, 0, 0])); // a whole text message, marked as compressed
    await closed;
    expect(got.includes(Buffer.from([0x88, 0x02, 1002 >> 8, 1002 & 0xff]))).toBe(true);
  });
});

describe('acceptance 41', () => {
  test('an upgrade is refused without the token, and with it anywhere but at a job', async () => {
    const server = served();
    const { port, token } = server;
    const host = `Host: 127.0.0.1:${port}\r\n`;
    const offer = `Sec-WebSocket-Protocol: python-mcp, bearer.${token}\r\n`;
    const pages = new Set(pageRequests().map(({ path }) => path));
    const refused: [headers: string, expected: string, onPage: string][] = [
      [`${host}${UPGRADE}`, '401', '404'],
      [`${host}${UPGRADE}Sec-WebSocket-Protocol: python-mcp, bearer.x\r\n`, '401', '404'],
      [`${host}${UPGRADE}Sec-WebSocket-Protocol: python-mcp, ${token}\r\n`, '401', '404'],
      [`${host}${UPGRADE}${offer}`, '404', '404'],
      [
        `${host}Connection: Upgrade\r\nUpgrade: h2c\r\nHTTP2-Settings: AA\r\n${offer}`,
        '401',
        '404',
      ],
      [`Host: evil.example\r\n${UPGRADE}${offer}`, '403', '403'],
      [`${host}Origin: http://evil.example\r\n${UPGRADE}${offer}`, '403', '403'],
      [`${host}Sec-Fetch-Site: cross-site\r\n${UPGRADE}${offer}`, '403', '403'],
    ];
    for (const [headers, expected, onPage] of refused) {
      await each([...everyPath(), ...pages], async (path) => {
        const answer = await raw(port, `GET ${path} HTTP/1.1\r\n${headers}\r\n`);
        const wanted = pages.has(path) ? onPage : expected;
        expect([path, headers, statusOf(answer)]).toEqual([path, headers, wanted]);
        expectSafeHeaders(headersIn(answer));
      });
    }
    const { id } = await victimOn(server);
    for (const way of ['/x/..', '/.', '/assets/../..', '/%2e', '/x/%2E%2e', '/x\\..']) {
      const path = `${way}/api/v1/jobs/${id}/socket`;
      for (const protocols of ['', offer]) {
        const answer = await raw(port, `GET ${path} HTTP/1.1\r\n${host}${UPGRADE}${protocols}\r\n`);
        expect([path, statusOf(answer)]).toEqual([path, '400']);
      }
    }
    const inAddress = `GET /api/v1/jobs?token=${token} HTTP/1.1\r\n${host}${UPGRADE}${offer}\r\n`;
    expect(statusOf(await raw(port, inAddress))).toBe('400');
  });

  test('of all routes and methods, GET of a socket alone is upgraded', async () => {
    const server = served();
    const { id } = await victimOn(server);
    const upgraded: string[] = [];
    await each([...everyRequest(id), ...pageRequests()], async ({ method, path }) => {
      const headers = `${upgradeTo(server)}Content-Type: application/json\r\n`;
      const answer = await raw(server.port, `${method} ${path} HTTP/1.1\r\n${headers}\r\n`);
      if (statusOf(answer) === '101') upgraded.push(`${method} ${path}`);
      else
        expect([method, path, statusOf(answer)]).toEqual([
          method,
          path,
          expect.stringMatching(/^4/),
        ]);
    });
    expect(upgraded).toEqual([`GET /api/v1/jobs/${id}/socket`]);
  });

  test('CONNECT opens no tunnel, and HTTP/2 is not spoken', async () => {
    const { port, token } = served();
    const authorised = `Authorization: Bearer ${token}\r\nProxy-Authorization: Bearer ${token}\r\n\r\n`;
    for (const target of ['evil.example:80', `127.0.0.1:${port}`, '/api/v1/jobs']) {
      for (const host of [target, `127.0.0.1:${port}`]) {
        const request = `CONNECT ${target} HTTP/1.1\r\nHost: ${host}\r\n${authorised}`;
        expect(await raw(port, request)).not.toMatch(/^HTTP\/1\.[01] [123]/);
      }
    }
    const preface = 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n';
    expect(statusOf(await raw(port, preface))).toBe('400');
  });

  test('a method that is not for a path is refused, and those that are for it are named', async () => {
    const server = served();
    const victim = await victimOn(server);
    await each(everyRequest(victim.id), async ({ method, path }) => {
      const methods = methodsOf(decodeURI(path));
      if (methods.includes(method)) return;
      const { status, headers } = await server.ask(method, path);
      const unknown = ['OPTIONS', 'PROPFIND', 'TRACE'].includes(method);
      const wanted = methods.length > 0 || unknown ? 405 : 404;
      expect([method, path, status]).toEqual([method, path, wanted]);
      const named = (headers.allow ?? '').split(', ').sort();
      if (wanted === 405 && !unknown) expect(named).toEqual([...methods].sort());
    });
    expect(await victim.state()).toEqual(unharmed(victim.id));
  });
});

/** What a body may have at most: scripts are larger than questions. */
function mostBytes(path: string): number {
  if (path === '/mcp') return LONGEST_MESSAGE;
  const takesCode = /^\/api\/v1\/(jobs|sessions|scripts\/.*|jobs\/[^/]*\/cells)$/;
  return (takesCode.test(path) ? 17 : 1) * MIB;
}

/** Where the table says that there is a body. */
function takingBodies(id: string): { method: string; path: string }[] {
  return writingRequests(id).filter(
    ({ method, path }) => methodsOf(path).includes(method) && method !== 'DELETE',
  );
}

function upgradeTo({ port, token }: HttpTestServer): string {
  const protocols = `Sec-WebSocket-Protocol: python-mcp, bearer.${token}\r\n`;
  return `Host: 127.0.0.1:${port}\r\nAuthorization: Bearer ${token}\r\n${UPGRADE}${protocols}`;
}

/** How many bytes could be sent before the server hung up. */
async function sendWithoutEnd(port: number, head: string): Promise<number> {
  const socket = connect(port, '127.0.0.1');
  const piece = Buffer.alloc(65_536, 0x20);
  const chunk = Buffer.concat([Buffer.from('10000\r\n'), piece, Buffer.from('\r\n')]);
  let sent = 0;
  socket.on('error', () => socket.destroy());
  socket.resume();
  socket.write(`${head}Transfer-Encoding: chunked\r\n\r\n`);
  const more = (): void => {
    while (!socket.destroyed && socket.writable && socket.write(chunk)) sent += piece.length;
  };
  socket.on('drain', () => {
    sent += piece.length;
    more();
  });
  more();
  await new Promise<void>((resolve) => socket.once('close', () => resolve()));
  return sent;
}

function residentBytes({ pid }: HttpTestServer): number {
  const status = readFileSync(`/proc/${pid}/status`, 'latin1');
  return Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1]) * 1024;
}
