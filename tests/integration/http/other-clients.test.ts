/**
 * Others on the same machine, and other clients of the same server: acceptance tests 42 to 44
 * (docs/security.md).
 *
 * 43 is written for servers with sessions. There are none here: one home belongs to one user, who
 * has one token, and whoever holds it may see and end every job of the home. What is left of 43 is
 * that nothing of a job can be had by guessing, and that no answer goes to the wrong connection.
 */
import { execFile } from 'node:child_process';
import { chmodSync, existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { ROUTES } from '../../../src/http/routes/route-table.ts';
import { waitFor } from '../../support/wait-for.ts';
import { collect, openEvents, readEvents } from './event-reader.ts';
import { each, unharmed, victimOn } from './every-request.ts';
import { fileServer } from './file-server.ts';
import { type HttpTestServer, startHttpServer } from './http-server.ts';

const served = fileServer();

const NOBODY = 65_534;
/** What a body has to have, by the last word of the path. */
const NEEDED: Record<string, object> = { input: { text: 'x' }, cells: { code: '1' } };
const run = promisify(execFile);

describe('acceptance 42', () => {
  test('nobody follows anything without the token, at no route that streams', async () => {
    const server = served();
    const { id } = await victimOn(server);
    const streaming = ROUTES.filter(
      ({ reply, status }) => reply === 'text/event-stream' || status === 101,
    );
    expect(streaming).toHaveLength(3);
    for (const { path } of streaming) {
      for (const authorization of ['', `Bearer ${server.token}x`]) {
        const headers = { authorization, 'last-event-id': 'c0-0' };
        const answer = await server.ask('GET', path.replace(':id', id), { headers, bare: true });
        expect([path, answer.status]).toEqual([path, 401]);
      }
    }
    expect((await server.get('/api/v1/health')).streams).toBe(0);
  });
});

describe('acceptance 43', () => {
  test('an id that is nearly right, or was right once, opens nothing on any route', async () => {
    const server = served();
    const victim = await victimOn(server);
    const { id } = victim;
    const gone = await server.start('print(1)');
    await server.ended(gone);
    expect((await server.ask('DELETE', `/api/v1/jobs/${gone}`)).status).toBe(204);
    const last = id.at(-1) === '0' ? '1' : '0';
    const wrong = [gone, `${id.slice(0, -1)}${last}`, id.slice(1), `${id}0`, id.toUpperCase()];
    const routes = ROUTES.filter(({ path }) => path.includes(':id'));
    expect(routes.length).toBeGreaterThan(10);
    await each(
      wrong.flatMap((given) => routes.map((route) => ({ given, route }))),
      async (one) => {
        const { method, path, query } = one.route;
        const address = path
          .replace(':id', one.given)
          .replace(':cell', '1')
          .replace(/:name(?:\{\.\+\})?/, 'x');
        const needed = ['q', 'line'].filter((name) => query && name in query.shape);
        const target = [address, ...needed.map((name) => `${name}=1`)].join('?');
        const body = JSON.stringify(NEEDED[path.split('/').at(-1) ?? ''] ?? {});
        const { status } = await server.ask(method, target, method === 'GET' ? {} : { body });
        expect([method, target, status]).toEqual([method, target, 404]);
      },
    );
    expect(await victim.state()).toEqual(unharmed(id));
  });

  test('a cursor is a place in one job: one that lies outside it is refused on every way in', async () => {
    const server = served();
    const long = await server.start('print("x" * 5_000)');
    const { job } = await server.ended(long).then(() => server.get(`/api/v1/jobs/${long}`));
    const short = await server.start('print("mine")');
    await server.ended(short);
    const follow = `/api/v1/jobs/${short}/events`;
    const header = { 'last-event-id': job.cursor };
    expect((await server.ask('GET', `${follow}?from=${job.cursor}`)).status).toBe(400);
    expect((await server.ask('GET', follow, { headers: header })).status).toBe(400);
    const socket = openJobSocket(server, short, `?from=${job.cursor}`);
    const [error] = await new Promise<Error[]>((resolve) =>
      socket.once('error', (e) => resolve([e])),
    );
    expect(error?.message).toContain('400');
    // One that fits says where to begin, and in this job only.
    const events = await readEvents(server, `${follow}?from=c1-0`);
    const text = events.filter(({ event }) => event === 'output').map(({ data }) => data.text);
    expect(text).toEqual(['ine\n']);
  });

  test('answers, streams and errors go to the connection that they are for', async () => {
    const server = served();
    const names = Array.from({ length: 20 }, (_, index) => `job-${index}`);
    const ids = await Promise.all(
      names.map((name) => server.start(`print("${name} " * 50)`, { job_label: name })),
    );
    await Promise.all(
      ids.map(async (id, index) => {
        const events = await readEvents(server, `/api/v1/jobs/${id}/events`);
        expect(events.at(-1)?.data.job).toMatchObject({ id, label: names[index] });
        const said = events.filter(({ event }) => event === 'output').map(({ data }) => data.text);
        expect(said.join('')).toBe(`${`${names[index]} `.repeat(50)}\n`);
        expect((await server.get(`/api/v1/jobs/${id}`)).job.label).toBe(names[index]);
      }),
    );
  });

  test('what one follower sends to a job is answered to that follower alone', async () => {
    const server = served();
    const { id } = await victimOn(server);
    const heard: string[] = [];
    const stream = await openEvents(server, `/api/v1/jobs/${id}/events`);
    const following = collect(stream, ({ event }) => heard.push(event));
    const [speaker, listener] = [openJobSocket(server, id), openJobSocket(server, id)];
    const answers: string[] = [];
    speaker.on('message', (data: Buffer) => answers.push(JSON.parse(data.toString()).type));
    listener.on('message', (data: Buffer) => heard.push(JSON.parse(data.toString()).type));
    await Promise.all(
      [speaker, listener].map((one) => new Promise((done) => one.once('open', done))),
    );
    speaker.send('nonsense');
    speaker.send(JSON.stringify({ type: 'input', text: 'x\n' }));
    await waitFor(
      () => answers.includes('end') && heard.filter((e) => e === 'end').length === 2,
      20_000,
      'the end',
    );
    expect(answers).toEqual(expect.arrayContaining(['error', 'written']));
    expect(heard.filter((type) => type === 'error' || type === 'written')).toEqual([]);
    await following;
  });
});

describe('acceptance 44', () => {
  test('another user of the machine can read nothing of the home and gets 401', async ({
    skip,
  }) => {
    skip(process.getuid?.() !== 0, 'only root can become another user');
    skip(!existsSync('/usr/bin/setpriv'), 'there is no setpriv');
    const server = await startHttpServer();
    const id = await server.start('print("secret")');
    await server.ended(id);
    chmodSync(dirname(server.home), 0o755); // else it is the test's own folder that is closed
    const files = ['meta/serve.json', 'meta/jobs.db', 'logs/server.log', `jobs/${id}/stdout.log`];
    const paths = files.map((name) => join(server.home, name));
    for (const path of paths) expect([path, existsSync(path)]).toEqual([path, true]);
    for (const path of [...paths, `/proc/${server.pid}/environ`]) {
      expect(await asNobody('cat', path)).toMatch(/Permission denied/);
    }
    expect(await asNobody('ls', server.home)).toMatch(/Permission denied/);
    expect(await asNobody('sh', '-c', `echo x > ${server.home}/config.toml`)).toMatch(/denied/);
    expect(await asNobody('cat', `/proc/${server.pid}/cmdline`)).not.toContain(server.token);
    const address = `/dev/tcp/127.0.0.1/${server.port}`;
    const head = `GET /api/v1/jobs HTTP/1.1\\r\\nHost: 127.0.0.1:${server.port}\\r\\n\\r\\n`;
    const script = `exec 3<>${address}; printf '${head}' >&3; head -n 1 <&3`;
    expect(await asNobody('bash', '-c', script)).toMatch(/^HTTP\/1\.1 401 /);
  });
});

/** What a program says, on either stream, when it runs as a user without any rights. */
async function asNobody(...command: string[]): Promise<string> {
  const identity = [`--reuid=${NOBODY}`, `--regid=${NOBODY}`, '--clear-groups'];
  const { stdout, stderr } = await run('setpriv', [...identity, ...command], { cwd: '/' }).catch(
    (error: { stdout: string; stderr: string }) => error,
  );
  return stdout + stderr;
}

function openJobSocket({ port, token }: HttpTestServer, id: string, query = ''): WebSocket {
  const url = `ws://127.0.0.1:${port}/api/v1/jobs/${id}/socket${query}`;
  return new WebSocket(url, ['python-mcp', `bearer.${token}`]);
}
