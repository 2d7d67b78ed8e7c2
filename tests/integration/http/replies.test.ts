/** What every reply carries, whatever it says: acceptance tests 45 and 46 (docs/security.md). */
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { openEvents } from './event-reader.ts';
import { each, everyRequest, isEndless, pageRequests } from './every-request.ts';
import { fileServer } from './file-server.ts';
import { type Answer, type HttpTestServer, startHttpServer } from './http-server.ts';
import { raw, statusOf } from './raw-request.ts';
import { expectSafeHeaders, headersIn } from './safe-headers.ts';

const served = fileServer();

const ROOT = resolve(import.meta.dirname, '../../..');

describe('acceptance 45', () => {
  test('the page and the files it names hold no token and nothing of the home', async () => {
    const server = served();
    const page = await server.ask('GET', '/', { bare: true });
    expect(page.status).toBe(200);
    const files = [...page.text.matchAll(/(?:src|href)="(\/[^"]+)"/g)].map(([, path]) => path);
    expect(files.length).toBeGreaterThan(2);
    for (const path of ['/', '/index.html', ...files] as string[]) {
      const answer = await server.ask('GET', path, { bare: true });
      expect([path, answer.status]).toEqual([path, 200]);
      expectSafeHeaders(answer);
      for (const secret of [server.token, server.home]) expect(answer.text).not.toContain(secret);
    }
    // What the policy forbids is not there either.
    expect(page.text).not.toMatch(/<script(?![^>]*\ssrc=)|<style|\son\w+=|https?:/i);
  });

  test('no path of a page leads out of its folder', async () => {
    const server = served();
    const paths = [
      '/../package.json',
      '/assets/..%2f..%2f..%2fpackage.json',
      '/assets/../../../package.json',
      '/.git/config',
      '/index.html/../x',
      '/%2e%2e/package.json',
      '/..%5cpackage.json',
      '/assets//etc/passwd',
      '/index.html%00.js',
    ];
    for (const path of paths) {
      const answer = await server.ask('GET', path);
      expect([path, [400, 404].includes(answer.status)]).toEqual([path, true]);
      expectSafeHeaders(answer);
    }
  });

  test('every route and method answers with safe headers, when it works too', async () => {
    const server = served();
    const id = await server.start('print("x" * 20_000)');
    await server.ended(id);
    const last = `DELETE /api/v1/jobs/${id}`;
    const requests = [...everyRequest(id), ...pageRequests()].filter(
      (request) => !isEndless(request) && `${request.method} ${request.path}` !== last,
    );
    const seen = new Set<number>();
    await each([...requests], async ({ method, path }) => {
      for (const bare of [false, true]) {
        const answer = await server.ask(method, path, { bare });
        expectSafeHeaders(answer);
        seen.add(answer.status);
      }
    });
    expectSafeHeaders(await server.ask('DELETE', `/api/v1/jobs/${id}`));
    expect([...seen]).toEqual(expect.arrayContaining([200, 400, 401, 404, 405, 409, 426]));
    const stream = await openEvents(server, '/api/v1/events');
    expectSafeHeaders(stream);
    stream.destroy();
  });

  test('so does what goes wrong, up to faults of our own', async () => {
    const server = await startHttpServer();
    const id = await server.start(
      'open(__import__("os").environ["PYTHON_MCP_ARTIFACTS"] + "/a", "w").write("1")',
    );
    await server.ended(id);
    const jobs = '/api/v1/jobs';
    const script = JSON.stringify({ source: 'pass' });
    const run = JSON.stringify({ script_content: 'pass' });
    const part = async (range: string): Promise<Answer> =>
      server.ask('GET', `${jobs}/${id}/artifacts/a`, { headers: { range } });
    const parts = [await part('bytes=9-'), await part('bytes=0-0')];
    breakHome(server);
    const answers = [
      await server.ask('POST', jobs, { body: run }),
      await server.ask('PUT', '/api/v1/scripts/x', { body: script }),
      ...parts,
    ];
    expect(answers.map(({ status }) => status)).toEqual([500, 507, 416, 206]);
    answers.forEach(expectSafeHeaders);
    expect(answers[0]?.text).not.toMatch(/EEXIST|ENOENT|ENOTDIR|at /);
    const streams = await Promise.all(
      Array.from({ length: 128 }, () => openEvents(server, '/api/v1/events')),
    );
    const crowded = await server.ask('GET', '/api/v1/events');
    expect(crowded.status).toBe(503);
    expectSafeHeaders(crowded);
    for (const stream of streams) stream.destroy();
  });

  test('so does what is no request, or one that HTTP itself refuses', async () => {
    const { port } = served();
    const host = `Host: 127.0.0.1:${port}\r\n`;
    const broken: [request: string, status: string][] = [
      ['nonsense\r\n\r\n', '400'],
      ['GET /\x00 HTTP/1.1\r\n\r\n', '400'],
      [`GET / HTTP/9.9\r\n${host}\r\n`, '400'],
      [`POST / HTTP/1.1\r\n${host}Content-Length: 1\r\nContent-Length: 2\r\n\r\n`, '400'],
      [`POST / HTTP/1.1\r\n${host}Content-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n`, '400'],
      [`GET /api/v1/jobs HTTP/1.1\r\n${host}Expect: a-miracle\r\n\r\n`, '401'],
      [`GET / HTTP/1.1\r\nHost: evil.example\r\nExpect: a-miracle\r\n\r\n`, '403'],
      [
        `POST /api/v1/jobs HTTP/1.1\r\n${host}Content-Length: 9\r\nExpect: 100-continue\r\n\r\n`,
        '401',
      ],
    ];
    for (const [request, status] of broken) {
      const answer = await raw(port, request);
      expect([request, statusOf(answer)]).toEqual([request, status]);
      expectSafeHeaders(headersIn(answer));
    }
  });
});

describe('acceptance 46', () => {
  test('wherever an address holds a token, in our docs and in what we print, it is its fragment', async () => {
    const server = await startHttpServer();
    const second = await server.ask('GET', `/api/v1/jobs?token=${server.token}`);
    const pages = ['README.md', 'docs/http.md', 'docs/security.md', 'docs/architecture.md'];
    const texts = pages.map((page) => readFileSync(join(ROOT, page), 'utf8'));
    for (const text of [...texts, server.printed(), second.text]) {
      expect(text).not.toMatch(/https?:\/\/[^\s`]*[?&](?:access_)?token=/);
    }
    expect(texts.join('')).toMatch(/http:\/\/127\.0\.0\.1:\d+\/#token=/);
    expect(server.printed()).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/#token=[\w-]{43}\n$/);
  });
});

/** No place for new jobs, and none for scripts. */
function breakHome({ home }: HttpTestServer): void {
  for (const folder of ['jobs', 'scripts']) {
    renameSync(join(home, folder), join(home, `${folder}.away`));
    writeFileSync(join(home, folder), '');
  }
}
