import { expect, test } from 'vitest';
import { slowBuild } from '../../support/slow-build.ts';
import { waitFor } from '../../support/wait-for.ts';
import { collect, openEvents, type ServerEvent } from './event-reader.ts';
import { type HttpTestServer, startHttpServer } from './http-server.ts';

const PACKAGES = { dependencies: ['alpha-one'] };

function saidIn(events: ServerEvent[]): string {
  const said = events.filter(({ event }) => event === 'environment').map(({ data }) => data);
  said.slice(1).forEach((piece, at) => expect(piece.from).toBe(said[at].next));
  return said.map(({ text }) => text).join('');
}

async function follow(server: HttpTestServer, id: string, more = '') {
  const events: ServerEvent[] = [];
  const stream = await openEvents(server, `/api/v1/jobs/${id}/events${more}`);
  return { events, ended: collect(stream, (event) => events.push(event)), stream };
}

test('what building an environment says is told while it is said, then the output', async () => {
  const build = slowBuild();
  const server = await startHttpServer({ env: build.env });
  const id = await server.start('print("runs")', PACKAGES);
  const { events, ended } = await follow(server, id);
  build.say('Resolved 2 packages');
  await waitFor(() => /Resolved 2/.test(saidIn(events)), 20_000, 'the first line');
  const page = `/api/v1/jobs/${id}/output?stream=environment`;
  const growing = await server.get(page);
  expect(growing).toMatchObject({ ended: false, text: saidIn(events) });
  expect(growing.text).toMatch(/^Building an environment: .*alpha-one.*\nResolved 2 packages\n$/);
  build.say('Installed é');
  await waitFor(() => /Installed é/.test(saidIn(events)), 20_000, 'the second line');

  const late = await follow(server, id);
  await waitFor(() => saidIn(late.events) === saidIn(events), 20_000, 'both for who comes later');
  late.stream.destroy();
  build.end(0);
  await ended;
  const kinds = events.map(({ event }) => event);
  expect(kinds.indexOf('output')).toBeGreaterThan(kinds.lastIndexOf('environment'));
  const output = events.filter(({ event }) => event === 'output');
  expect(output.map(({ data }) => data.text).join('')).toBe('runs\n');
  expect(events.filter(({ event }) => event === 'environment').every(({ id: no }) => !no)).toBe(
    true,
  );
  expect(await server.get(page)).toMatchObject({ ended: true, text: saidIn(events) });

  const { events: after, ended: over } = await follow(server, id);
  await over;
  expect(after.map(({ event }) => event)).not.toContain('environment');
});

test('a failed build is told to its end, and then the end', async () => {
  const build = slowBuild();
  const server = await startHttpServer({ env: build.env });
  const id = await server.start('print("runs")', PACKAGES);
  const { events, ended } = await follow(server, id);
  await waitFor(() => /Building/.test(saidIn(events)), 20_000, 'the beginning');
  build.say('  × No solution found when resolving dependencies:');
  build.say('  ╰─▶ alpha-one was not found in the package registry.');
  build.end(1);
  await ended;
  expect(saidIn(events)).toContain('was not found in the package registry.\n');
  expect(events.at(-1)).toMatchObject({ event: 'end', data: { job: { status: 'failed' } } });
  expect(events.at(-1)?.data.job.error).toContain('no such package: alpha-one');
  expect(events.at(-2)?.event).toMatch(/environment|state/);
});

test('of a long log a follower is told the newest part', async () => {
  const build = slowBuild();
  const server = await startHttpServer({ env: build.env });
  const id = await server.start('pass', PACKAGES);
  const sizeOf = async () =>
    (await server.get(`/api/v1/jobs/${id}/output?stream=environment`)).size;
  for (let line = 0; line < 3_000; line += 1) {
    build.say(`${line} ${'x'.repeat(60)}`);
    if (line % 500 === 499) await waitFor(async () => (await sizeOf()) > line * 60, 20_000);
  }
  const tail = `/api/v1/jobs/${id}/output?stream=environment&tail=1&max=200`;
  const isWhole = async () => /^2999 x+\n/m.test((await server.get(tail)).text);
  await waitFor(isWhole, 20_000, 'the whole log');
  const { events, stream } = await follow(server, id);
  await waitFor(() => /^2999 /m.test(saidIn(events)), 20_000, 'its end');
  expect(Buffer.byteLength(saidIn(events))).toBeLessThanOrEqual(65_536);
  stream.destroy();
  build.end(0);
  await server.ended(id);
});
