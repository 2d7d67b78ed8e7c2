/** What a follower is told of both streams that were printed while it was not there. */
import { expect, test } from 'vitest';
import { waitFor } from '../../support/wait-for.ts';
import { bytesOf, collect, openEvents, readEvents, type ServerEvent } from './event-reader.ts';
import { type HttpTestServer, startHttpServer } from './http-server.ts';
import { socketMessages } from './socket-messages.ts';

const TURNS = 7;
/** Longer apart than the runtime looks; then a line and a prompt that are not finished. */
const IN_TURNS = `
import sys, time
for n in range(${TURNS}):
    print("step", n, flush=True)
    time.sleep(0.15)
    print("warning", n, "é", file=sys.stderr, flush=True)
    time.sleep(0.15)
print("half", end="", file=sys.stderr, flush=True)
time.sleep(0.15)
print("name? ", end="", flush=True)
`;
const turns = Array.from({ length: TURNS }, (_, n) => `step ${n}\nwarning ${n} é\n`).join('');

test('output that waits of both streams is told in the order it appeared, from any cursor', async () => {
  const server = await startHttpServer();
  const id = await server.start(IN_TURNS);
  await server.ended(id);
  const path = `/api/v1/jobs/${id}/events`;
  const events = await readEvents(server, path);
  expectAll(server, id, events);
  expect(textOf(events)).toBe(`${turns}name? half`);
  for (const cursor of events.flatMap((event) => event.id ?? [])) {
    const rest = await readEvents(server, path, { 'last-event-id': cursor });
    const from = events.findIndex((event) => event.id === cursor);
    expect([cursor, textOf(rest)]).toEqual([cursor, textOf(events.slice(from + 1))]);
  }
  const within = await readEvents(server, `${path}?from=c9-5`);
  expect(textOf(within)).toMatch(/^ng 0 é\nep 1\nwarning 1 é\nstep 2\n/);
  const messages = await socketMessages(server, id);
  const told = messages.filter(({ type }) => type === 'output');
  expect(told.map(({ text }) => text).join('')).toBe(`${turns}name? half`);
});

test('a follower that comes back while the job prints gets each byte once, in order', async () => {
  const server = await startHttpServer();
  const id = await server.start(IN_TURNS);
  const path = `/api/v1/jobs/${id}/events`;
  const seen: ServerEvent[] = [];
  const lost = await openEvents(server, path);
  const losing = collect(lost, (event) => seen.push(event));
  await waitFor(() => textOf(seen).includes('step 1\n'), 20_000, 'the second turn');
  lost.destroy();
  await losing;
  const missed = () => server.output(id, 'stderr').includes('warning 4');
  await waitFor(missed, 20_000, 'what nobody followed');
  const last = seen.findLast((event) => event.id !== undefined)?.id as string;
  const rest = await readEvents(server, path, { 'last-event-id': last });
  expectAll(server, id, [...seen, ...rest]);
  expect(textOf([...seen, ...rest]).slice(0, turns.length)).toBe(turns);
});

test('without notes of the order the streams are told one after the other', async () => {
  const server = await startHttpServer();
  // -I keeps our runtime out, and with it the notes.
  const id = await server.start('', { command: ['python3', '-I', '-u', '-c', IN_TURNS] });
  await server.ended(id);
  const events = await readEvents(server, `/api/v1/jobs/${id}/events`);
  expectAll(server, id, events);
  expect(textOf(events)).toMatch(/^(step \d+\n)+name\? (warning \d+ é\n)+half$/);
});

function expectAll(server: HttpTestServer, id: string, events: ServerEvent[]): void {
  for (const stream of ['stdout', 'stderr'] as const) {
    expect(bytesOf(events, stream).equals(server.output(id, stream))).toBe(true);
  }
}

function textOf(events: ServerEvent[]): string {
  return events
    .filter(({ event }) => event === 'output')
    .map(({ data }) => data.text)
    .join('');
}
