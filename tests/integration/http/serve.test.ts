/** Where `serve` listens, and for whom: acceptance tests 40 and 44 (docs/security.md). */
import { chmodSync, existsSync, lstatSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { testHome } from '../../support/test-home.ts';
import { waitFor } from '../../support/wait-for.ts';
import { each } from './every-request.ts';
import { ask, spawnServe, startHttpServer } from './http-server.ts';

test('acceptance 40: an address that others can reach is refused, and said why', async () => {
  const { home } = testHome();
  const refused: [args: string[], reason: RegExp][] = [
    [['--host', '0.0.0.0'], /--host: "0.0.0.0" can be reached by other machines/],
    [['--host', '::'], /--host/],
    [['--host', '192.168.1.10'], /--host/],
    [['--host', '127.0.0.1.example.com'], /--host/],
    [['--host', '１２７.0.0.1'], /--host/],
    [['--host', '2130706433'], /--host/],
    [['--host', ''], /--host/],
    [['--dangerously-bind', '0.0.0.0'], /--allow-host/],
    [['--dangerously-bind', '0.0.0.0', '--allow-host', '*'], /no wildcards/],
    [['--dangerously-bind', '0.0.0.0', '--allow-host', '*.example.com'], /no wildcards/],
    [['--dangerously-bind', '0.0.0.0', '--allow-host', ''], /--allow-host/],
    [['--allow-host', 'build.example'], /--dangerously-bind/],
    [['--port', '70000'], /--port/],
    [['--port', '1.5'], /--port/],
    [['--port', '-1'], /--port/],
  ];
  await each(refused, async ([args, reason]) => {
    const { exited, printed } = spawnServe(home, args);
    expect([args, await exited]).toEqual([args, 2]);
    expect(printed()).toMatch(reason);
    expect(printed()).not.toContain('#token=');
  });
});

test('bound on purpose, it answers only to the hosts it was told', async () => {
  const server = await startHttpServer({
    args: [
      '--dangerously-bind',
      '127.0.0.1',
      '--allow-host',
      'Build.example',
      '--allow-host',
      'b:80',
    ],
  });
  const statusFor = async (host: string) =>
    (await server.ask('GET', '/api/v1/jobs', { headers: { host } })).status;
  expect(await statusFor(`build.example:${server.port}`)).toBe(200);
  expect(await statusFor('b:80')).toBe(200);
  expect(await statusFor(`127.0.0.1:${server.port}`)).toBe(403);
  expect(await statusFor(`localhost:${server.port}`)).toBe(403);
  expect(await statusFor('build.example')).toBe(403);
  expect(server.link).toMatch(/^http:\/\/build\.example:\d+\/#token=/i);
});

test('a second server says where the first is, and goes', async () => {
  const server = await startHttpServer();
  const second = spawnServe(server.home);
  expect(await second.exited).toBe(1);
  expect(second.printed()).toContain(server.link);
  expect(second.printed()).toContain(`process ${server.pid}`);
  expect((await server.get('/api/v1/health')).pid).toBe(server.pid);
});

test('of two servers started at once one runs', async () => {
  const home = testHome();
  const both = [spawnServe(home.home), spawnServe(home.home)];
  const codes = new Map<number, number | null>();
  both.forEach(({ exited }, index) => void exited.then((code) => codes.set(index, code)));
  await waitFor(() => codes.size === 1, 20_000, 'one to go');
  expect([...codes.values()]).toEqual([1]);
  const winner = both[codes.has(0) ? 1 : 0];
  await waitFor(() => winner?.printed().includes('#token='), 20_000, 'the link');
  winner?.child.kill('SIGTERM');
  expect(await winner?.exited).toBe(0);
});

test('the record is for its user alone, goes with the server, and is taken over from a dead one', async () => {
  const server = await startHttpServer();
  const path = join(server.home, 'meta', 'serve.json');
  expect(lstatSync(path).mode & 0o777).toBe(0o600);
  const record = JSON.parse(readFileSync(path, 'utf8'));
  expect(record).toMatchObject({ url: server.url, token: server.token });
  expect(Buffer.from(server.token, 'base64url').length).toBe(32);
  await server.stop('SIGKILL');
  expect(JSON.parse(readFileSync(path, 'utf8'))).toEqual(record);
  // The same pid with another start time is another process.
  writeFileSync(path, JSON.stringify({ ...record, process: `${process.pid}:1:x` }));
  const next = await startHttpServer({ on: server });
  expect(next.token).toBe(server.token);
  expect(await next.stop('SIGINT')).toBe(0);
  expect(lstatSync(path, { throwIfNoEntry: false })).toBeUndefined();
});

test('acceptance 44: a port that is taken is told, and no token goes there', async () => {
  const heard: Buffer[] = [];
  const other = createServer((socket) => socket.on('data', (chunk) => heard.push(chunk)));
  await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
  const { port } = other.address() as { port: number };
  const { exited, printed } = spawnServe(testHome().home, ['--port', String(port)]);
  try {
    expect(await exited).toBe(1);
    expect(printed()).toContain(`another program listens on port ${port}`);
    expect(printed()).toContain('--port 0');
    expect(printed()).not.toContain('token');
    expect(heard).toEqual([]);
  } finally {
    other.close();
  }
});

test('the token outlives restarts, is for its user alone, and is worth nothing once made anew', async () => {
  const server = await startHttpServer();
  const path = join(server.home, 'meta', 'token');
  expect(lstatSync(path).mode & 0o777).toBe(0o600);
  await server.stop();
  const same = await startHttpServer({ on: server });
  expect(same.token).toBe(server.token);
  await same.stop();
  const next = await startHttpServer({ on: server, args: ['--rotate-token'] });
  expect(readFileSync(path, 'utf8').trim()).toBe(next.token);
  expect((await ask(next.port, server.token, 'GET', '/api/v1/jobs')).status).toBe(401);
  expect((await ask(next.port, next.token, 'GET', '/api/v1/jobs')).status).toBe(200);
});

test('what is no token of ours is replaced', async () => {
  for (const text of ['', 'short', `${'x'.repeat(43)} y`]) {
    const home = testHome();
    mkdirSync(join(home.home, 'meta'), { recursive: true, mode: 0o700 });
    writeFileSync(join(home.home, 'meta', 'token'), text);
    const server = await startHttpServer({ on: home });
    expect(Buffer.from(server.token, 'base64url').length).toBe(32);
    await server.stop();
  }
});

test('--open gives the browser a file that leads to the dashboard, and no token on its command line', async () => {
  const home = testHome();
  const said = join(home.work, 'said');
  const browser = join(home.work, 'browser');
  writeFileSync(
    browser,
    `#!/bin/sh\necho "$@" >'${said}.new'\ncat "$1" >>'${said}.new'\nmv '${said}.new' '${said}'\n`,
  );
  chmodSync(browser, 0o755);
  const server = await startHttpServer({ on: home, args: ['--open'], env: { BROWSER: browser } });
  await waitFor(() => existsSync(said), 20_000, 'the browser');
  const [line = '', page = ''] = readFileSync(said, 'utf8').split('\n');
  expect(line).not.toContain(server.token);
  expect(page).toContain(server.link);
  await server.stop();
  expect(existsSync(line)).toBe(false);
});

test('without a browser the link is all there is', async () => {
  const server = await startHttpServer({ args: ['--open'], env: { BROWSER: '/nowhere/browser' } });
  await waitFor(() => server.printed().includes('No browser'), 20_000, 'the sentence');
});
