/** Secret values that a script prints, as the HTTP API and its streams show them. */
import { expect, test } from 'vitest';
import { bytesOf, readEvents } from './event-reader.ts';
import { startHttpServer } from './http-server.ts';
import { socketMessages } from './socket-messages.ts';

const TOKEN = 'tok-9f8e7d6c5b4a';
const SHOWN = '****************';

/** A byte at a time, and never more before somebody had the time to look. */
const BYTE_BY_BYTE = `
import os, time
for byte in os.environb[b"API_TOKEN"] + b"\\n" + os.environb[b"API_TOKEN"] + b" end\\n":
    os.write(1, bytes([byte]))
    time.sleep(0.02)
os.write(2, b"err " + os.environb[b"API_TOKEN"] + b"\\n")
`;

test('are covered in streams that are written a byte at a time', async () => {
  const server = await startHttpServer();
  const id = await server.start(BYTE_BY_BYTE, { env_vars: { API_TOKEN: TOKEN } });
  const [events, messages] = await Promise.all([
    readEvents(server, `/api/v1/jobs/${id}/events`),
    socketMessages(server, id),
  ]);
  const pieces = events.filter(({ event }) => event === 'output');
  expect(bytesOf(events, 'stdout').toString()).toBe(`${SHOWN}\n${SHOWN} end\n`);
  expect(bytesOf(events, 'stderr').toString()).toBe(`err ${SHOWN}\n`);
  expect(pieces.length).toBeGreaterThan(0);
  expect(JSON.stringify([events, messages])).not.toContain(TOKEN);
  expect(server.output(id, 'stdout').toString()).toBe(`${TOKEN}\n${TOKEN} end\n`);
});

test('are covered in pages, searches and downloads', async () => {
  const server = await startHttpServer();
  const id = await server.start('import os\nprint("it is", os.environ["API_TOKEN"], "and more")', {
    env_vars: { API_TOKEN: TOKEN },
  });
  await server.ended(id);
  const job = `/api/v1/jobs/${id}`;
  const paths = ['', '/output', '/output?stream=both', '/output?from=9&max=200', '/search?q=it'];
  const replies = await Promise.all(paths.map(async (path) => server.ask('GET', job + path)));
  const all = await server.ask('GET', `${job}/output?raw=1`);
  const part = await server.ask('GET', `${job}/output?raw=1`, {
    headers: { Range: 'bytes=8-12' },
  });
  expect(replies.map(({ status }) => status)).toEqual(paths.map(() => 200));
  expect([all.text, part.text]).toEqual([`it is ${SHOWN} and more\n`, SHOWN.slice(0, 5)]);
  expect(replies.map(({ text }) => text).join('')).not.toMatch(/tok-|9f8e7d/);
});
