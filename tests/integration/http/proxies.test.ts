/** The server behind what people put before it: a proxy that adds TLS, a tunnel with another port. */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createServer as createTlsServer, request as tlsRequest } from 'node:https';
import { request } from 'node:http';
import { type AddressInfo, connect, createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { scratchFolder } from '../../support/environment-context.ts';
import { testHome } from '../../support/test-home.ts';
import { likeUsed } from '../../support/used-home.ts';
import { waitFor } from '../../support/wait-for.ts';
import { ask, spawnServe, startHttpServer } from './http-server.ts';

const ORIGIN = 'https://build.example';
const JSON_BODY = { 'content-type': 'application/json' };

test('a proxy that adds TLS and passes Host on is let in by its origin, and by nothing else', async () => {
  const { port, token, printed } = await served('--allow-origin', ORIGIN);
  expect(printed()).toBe(`${ORIGIN}/#token=${token}\n`);
  const proxy = await tlsProxy(port);
  const as = (headers: Record<string, string>) =>
    statusThrough(proxy, { host: 'build.example', authorization: `Bearer ${token}`, ...headers });
  expect(await as({})).toBe(200);
  expect(await as({ origin: ORIGIN, 'sec-fetch-site': 'same-origin' })).toBe(200);
  expect(await as({ origin: 'https://evil.example' })).toBe(403);
  expect(await as({ origin: `${ORIGIN}:8443` })).toBe(403);
  expect(await as({ host: 'evil.example' })).toBe(403);
  expect(await as({ authorization: 'Bearer no' })).toBe(401);
});

test('a tunnel may have another port; the name of another page stays shut out', async () => {
  const { port, token } = await startHttpServer();
  const tunnel = await listening(
    createServer((near) => {
      const far = connect(port, '127.0.0.1');
      near.pipe(far).pipe(near);
      for (const end of [near, far]) end.on('error', () => end.destroy());
    }),
  );
  const at = async (host: string, origin = `http://${host}`) => {
    const options = { headers: { host, origin, ...JSON_BODY }, body: '{"dry_run":true}' };
    return (await ask(tunnel, token, 'POST', '/api/v1/jobs/prune', options)).status;
  };
  for (const name of ['127.0.0.1', 'localhost', '[::1]'])
    expect(await at(`${name}:${tunnel}`)).toBe(200);
  const page = await ask(tunnel, '', 'GET', '/', {
    bare: true,
    headers: { host: `localhost:${tunnel}` },
  });
  expect(page.status).toBe(200);
  for (const host of [
    'evil.example',
    'localhost.evil.example',
    '127.0.0.1.evil.example',
    '127.0.0.2',
  ]) {
    expect([host, await at(`${host}:${tunnel}`)]).toEqual([host, 403]);
  }
  // A page of another server on this machine.
  expect(await at(`localhost:${tunnel}`, 'http://localhost:3000')).toBe(403);
});

async function served(
  ...args: string[]
): Promise<{ port: number; token: string; printed: () => string }> {
  const { home } = testHome();
  likeUsed(home);
  const { child, printed, exited } = spawnServe(home, [
    '--port',
    String(await freePort()),
    ...args,
  ]);
  onTestFinished(async () => {
    child.kill('SIGTERM');
    await exited;
  });
  await waitFor(() => printed().includes('#token='), 40_000, 'the link');
  const port = Number(child.spawnargs[child.spawnargs.indexOf('--port') + 1]);
  const { token } = JSON.parse(readFileSync(join(home, 'meta', 'serve.json'), 'utf8'));
  return { port, token, printed };
}

async function freePort(): Promise<number> {
  const server = createServer();
  const port = await new Promise<number>((resolve) => {
    server.listen(0, '127.0.0.1', () => resolve((server.address() as AddressInfo).port));
  });
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** Terminates TLS with a certificate of its own and passes everything else on as it came. */
async function tlsProxy(port: number): Promise<number> {
  const folder = scratchFolder();
  const [key, cert] = [join(folder, 'key.pem'), join(folder, 'cert.pem')];
  const made = [
    'req',
    '-x509',
    '-newkey',
    'rsa:2048',
    '-nodes',
    '-days',
    '1',
    '-subj',
    '/CN=build.example',
  ];
  execFileSync('openssl', [...made, '-keyout', key, '-out', cert], { stdio: 'ignore' });
  const options = { key: readFileSync(key), cert: readFileSync(cert) };
  const proxy = createTlsServer(options, (from, to) => {
    const { method, url, headers } = from;
    const passed = request({ host: '127.0.0.1', port, method, path: url, headers }, (reply) => {
      to.writeHead(reply.statusCode ?? 502, reply.headers);
      reply.pipe(to);
    });
    from.pipe(passed);
  });
  return listening(proxy);
}

async function statusThrough(port: number, headers: Record<string, string>): Promise<number> {
  return new Promise((resolve, reject) => {
    const options = {
      host: '127.0.0.1',
      port,
      path: '/api/v1/jobs',
      headers,
      rejectUnauthorized: false,
    };
    const sent = tlsRequest({ ...options, agent: false }, (reply) => {
      reply.resume();
      resolve(reply.statusCode ?? 0);
    });
    sent.on('error', reject);
    sent.end();
  });
}

async function listening(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  return (server.address() as AddressInfo).port;
}
