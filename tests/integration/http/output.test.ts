import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import {
  OrderedPage as OrderedPageSchema,
  StreamPage as StreamPageSchema,
} from '../../../src/contract/replies/pages-and-matches.ts';
import { waitFor } from '../../support/wait-for.ts';
import { collect, contentOf, openEvents, readEvents } from './event-reader.ts';
import type { ServerEvent } from './event-reader.ts';
import { fileServer } from './file-server.ts';
import type { HttpTestServer } from './http-server.ts';
import { socketMessages } from './socket-messages.ts';

const served = fileServer({ keepJobs: true });

/** Slow enough for the limit to be kept by leaving out the middle. */
const TOO_MUCH = `
import sys, time
for n in range(60_000):
    print("row", n, "y" * 80)
    if n % 5_000 == 0:
        sys.stdout.flush()
        print("mark", n, file=sys.stderr, flush=True)
        time.sleep(0.1)
`;

/** Longer apart than the runtime looks. */
const IN_TURNS = `
import sys, time
for n in range(12):
    print("step", n, flush=True)
    time.sleep(0.15)
    print("warning", n, "é", file=sys.stderr, flush=True)
    time.sleep(0.15)
`;
const turns = Array.from({ length: 12 }, (_, n) => `step ${n}\nwarning ${n} é\n`).join('');

interface Gapped {
  server: HttpTestServer;
  id: string;
  base: string;
  gap: { from: number; to: number };
  /** The log with dashes where it is gone. */
  kept: Buffer;
  /** As a download has it. */
  file: Buffer;
}

/** One for all tests, which only read it. */
let gapped: Promise<Gapped> | undefined;
const jobWithGap = (): Promise<Gapped> => (gapped ??= makeGap());

async function makeGap(): Promise<Gapped> {
  const server = served();
  const id = await server.start(TOO_MUCH, { max_output_bytes: 2_000_000 });
  await server.ended(id);
  const base = `/api/v1/jobs/${id}/output`;
  const head = async () => (await server.ask('HEAD', `${base}?raw=1`)).headers;
  await waitFor(
    async () => 'content-length' in (await head()),
    20_000,
    'a length that is promised',
  );
  const path = join(server.home, 'jobs', id, 'stdout.log.gap');
  const records = readFileSync(path, 'latin1').trim().split('\n');
  const [from = 0, to = 0] = (records.at(-1) ?? '').split(/ +/).map(Number);
  const stored = server.output(id, 'stdout');
  const marker = `\n[… bytes ${from}–${to} were dropped, as the output passed max_output_bytes …]\n`;
  const file = Buffer.concat([stored.subarray(0, from), Buffer.from(marker), stored.subarray(to)]);
  const kept = Buffer.from(stored).fill('-', from, to);
  expect(to - from).toBeGreaterThan(1_000_000);
  return { server, id, base, gap: { from, to }, kept, file };
}

let inTurns: Promise<{ server: HttpTestServer; id: string }> | undefined;
const jobInTurns = (): Promise<{ server: HttpTestServer; id: string }> => (inTurns ??= takeTurns());

async function takeTurns(): Promise<{ server: HttpTestServer; id: string }> {
  const server = served();
  const id = await server.start(IN_TURNS);
  await server.ended(id);
  return { server, id };
}

/** Pages or messages put together: what they skip is dashes. */
function joined(pieces: Record<string, unknown>[], stream: string): Buffer {
  let at = 0;
  const parts = pieces
    .filter((piece) => piece['stream'] === stream)
    .flatMap((piece) => {
      const { from, next, skipped } = piece as {
        from: number;
        next: number;
        skipped?: { from: number; to: number };
      };
      expect(skipped ?? { from: at, to: at }).toEqual({ from: at, to: from });
      const missing = Buffer.alloc(from - at, '-');
      at = next;
      return [missing, contentOf(piece)];
    });
  return Buffer.concat(parts);
}

type StreamPage = ReturnType<typeof StreamPageSchema.parse>;

test('what is gone of a log is told by pages and by live messages, and all else is there', async () => {
  const { server, id, base, kept, gap } = await jobWithGap();
  const pages: StreamPage[] = [];
  for (let from = 0; from < kept.length; from = pages.at(-1)?.next ?? 0) {
    pages.push(StreamPageSchema.parse(await server.get(`${base}?from=${from}&max=400000`)));
  }
  expect(joined(pages, 'stdout').equals(kept)).toBe(true);
  expect(pages.filter(({ skipped }) => skipped)).toMatchObject([{ skipped: gap }]);

  const events = await readEvents(server, `/api/v1/jobs/${id}/events`);
  const told = events.filter(({ event }) => event === 'output').map(({ data }) => data);
  expect(joined(told, 'stdout').equals(kept)).toBe(true);
  const late = await readEvents(server, `/api/v1/jobs/${id}/events?from=c${gap.from + 999}-0`);
  const lateOutput = late.filter(({ event }) => event === 'output').map(({ data }) => data);
  // What the other stream printed meanwhile comes first, and only that.
  expect(lateOutput[0]).toMatchObject({ stream: 'stderr', from: 0 });
  expect(lateOutput[0].text).toMatch(/^(mark \d+\n)+$/);
  expect(lateOutput.find(({ stream }) => stream === 'stdout')).toMatchObject({
    stream: 'stdout',
    from: gap.to,
    skipped: { from: gap.from + 999, to: gap.to },
  });
  const messages = await socketMessages(server, id);
  expect(
    joined(
      messages.filter(({ type }) => type === 'output'),
      'stdout',
    ).equals(kept),
  ).toBe(true);

  // What lies before a gap is found from behind it without searching.
  const backward: StreamPage[] = [];
  for (let before = kept.length; before > 0;) {
    const page: StreamPage = await server.get(`${base}?before=${before}&max=400000`);
    backward.unshift(page);
    before = page.skipped?.from ?? page.from;
  }
  expect(joined(backward, 'stdout').equals(kept)).toBe(true);
  const page = await server.get(`${base}?before=${gap.to}&max=200`);
  expect(page.next).toBe(gap.from);
});

test('a download of a log over its limit goes on behind what is gone', async () => {
  const { server, base, kept, file, gap } = await jobWithGap();
  const whole = await server.ask('GET', `${base}?raw=1`);
  expect(whole.body.equals(file)).toBe(true);
  expect(whole.headers['content-length']).toBe(String(file.length));
  const head = await server.ask('HEAD', `${base}?raw=1`);
  expect(head.headers['content-length']).toBe(String(file.length));
  expect(head.headers['accept-ranges']).toBe('bytes');
  const last = kept.subarray(-1_000);
  expect((await server.ask('GET', `${base}?raw=1&tail=1&max=1000`)).body.equals(last)).toBe(true);

  // Ranges are of what the download is, marker included.
  const part = async (from: number, to: number) => {
    const range = `bytes=${from}-${to - 1}`;
    const answer = await server.ask('GET', `${base}?raw=1`, { headers: { range } });
    expect(answer.status).toBe(206);
    expect(answer.headers['content-range']).toBe(`bytes ${from}-${to - 1}/${file.length}`);
    expect(answer.headers['content-length']).toBe(String(to - from));
    return answer.body;
  };
  const cuts = [0, 1, gap.from - 1, gap.from, gap.from + 7, gap.from + 90, gap.from + 200_000];
  const borders = [...cuts, file.length];
  const parts = await Promise.all(
    cuts.map((from, place) => part(from, borders[place + 1] ?? file.length)),
  );
  expect(Buffer.concat(parts).equals(file)).toBe(true);
  expect(
    (await part(gap.from - 50, gap.from + 300)).equals(
      file.subarray(gap.from - 50, gap.from + 300),
    ),
  ).toBe(true);
  const behind = { headers: { range: `bytes=${file.length}-` } };
  expect((await server.ask('GET', `${base}?raw=1`, behind)).status).toBe(416);
});

test('readable text goes on behind what is gone, of one stream and of both', async () => {
  const { server, base, file } = await jobWithGap();
  const text = async (query: string) => (await server.ask('GET', `${base}?plain=1&${query}`)).text;
  expect(await text('max=1048576')).toBe(
    file.toString('utf8', 0, Buffer.byteLength(await text('max=1048576'))),
  );
  expect(await text('max=1048576')).toMatch(/\n\[… bytes \d+–\d+ were dropped, .*\]\nrow /);
  const both = await text('stream=both&max=1048576');
  expect(both).toMatch(/^out\| row 0 y+\n(?:out\| row \d+ y+\n)*err\| mark 0\n/);
  expect(both).toMatch(/\nout\| \[… bytes \d+–\d+ were dropped, .*\]\nout\| row \d+ y+\n/);
});

test('while a job runs its download promises no length', async () => {
  const server = served();
  const id = await server.start('import time\nprint("begin", flush=True)\ntime.sleep(60)');
  await waitFor(() => server.output(id, 'stdout').length > 0, 20_000, 'the start');
  const path = `/api/v1/jobs/${id}/output?raw=1`;
  for (const method of ['GET', 'HEAD']) {
    const { status, headers } = await server.ask(method, path);
    expect([status, headers['content-length']]).toEqual([200, undefined]);
  }
  expect((await server.ask('GET', path)).text).toBe('begin\n');
  const part = await server.ask('GET', path, { headers: { range: 'bytes=2-' } });
  expect([part.status, part.text, part.headers['content-range']]).toEqual([
    206,
    'gin\n',
    'bytes 2-5/6',
  ]);
});

test('both streams come in the order they appeared, by pages either way, as text and as a file', async () => {
  const { server, id } = await jobInTurns();
  const base = `/api/v1/jobs/${id}/output?stream=both`;
  const whole = OrderedPageSchema.parse(await server.get(base));
  const size = `c${server.output(id, 'stdout').length}-${server.output(id, 'stderr').length}`;
  expect(whole).toMatchObject({ stream: 'both', from: 'c0-0', next: size, size, ended: true });
  expect(whole.segments.map(({ text }) => text).join('')).toBe(turns);

  const forward = await allPages(server, `${base}&max=200&from=`, 'c0-0', ({ next }) => next);
  const backward = await allPages(server, `${base}&max=200&before=`, size, ({ from }) => from);
  expect(forward.length).toBeGreaterThanOrEqual(2);
  for (const pages of [forward, backward.toReversed()]) {
    const segments = pages.flatMap((page) => page.segments);
    expect(segments.map(({ text }) => text).join('')).toBe(turns);
    for (const stream of ['stdout', 'stderr'] as const) {
      expect(joined(segments, stream).equals(server.output(id, stream))).toBe(true);
    }
  }
  const tail = await server.get(`${base}&tail=1&max=200`);
  expect(tail).toEqual(backward[0]);
  expect((await server.ask('GET', `${base}&raw=1`)).text).toBe(turns);
  expect((await server.ask('GET', `${base}&plain=1`)).text).toBe(
    turns.replace(/^step/gm, 'out| step').replace(/^warning/gm, 'err| warning'),
  );
});

type OrderedPage = ReturnType<typeof OrderedPageSchema.parse>;

async function allPages(
  server: HttpTestServer,
  path: string,
  start: string,
  goOn: (page: OrderedPage) => string,
): Promise<OrderedPage[]> {
  const pages: OrderedPage[] = [];
  for (let cursor = start; ;) {
    const page = OrderedPageSchema.parse(await server.get(path + cursor));
    if (page.segments.length === 0) return pages;
    pages.push(page);
    cursor = goOn(page);
  }
}

test('a page of both streams can begin or end at any byte of one of them', async () => {
  const { server, id } = await jobInTurns();
  const base = `/api/v1/jobs/${id}/output?stream=both`;
  const textOf = ({ segments }: OrderedPage) => segments.map(({ text }) => text).join('');
  for (const stream of ['stdout', 'stderr'] as const) {
    const word = stream === 'stdout' ? 'step 7\n' : 'warning 7 é\n';
    const place = `${stream}:${server.output(id, stream).indexOf(word)}`;
    const from = await server.get(`${base}&from=${place}`);
    expect(textOf(from)).toBe(turns.slice(turns.indexOf(word)));
    const before = await server.get(`${base}&before=${place}`);
    expect(textOf(before)).toBe(turns.slice(0, turns.indexOf(word)));
    expect(before.next).toBe(from.from);
  }
});

test('a page that a live stream goes on with: each byte once, in order', async () => {
  const server = served();
  const id = await server.start(IN_TURNS);
  await waitFor(() => server.output(id, 'stderr').length > 40, 20_000, 'a part');
  const page = OrderedPageSchema.parse(
    await server.get(`/api/v1/jobs/${id}/output?stream=both&tail=1`),
  );
  expect(page.segments.length).toBeGreaterThan(3);
  const events: ServerEvent[] = [];
  const stream = await openEvents(server, `/api/v1/jobs/${id}/events?from=${page.next}`);
  await collect(stream, (event) => events.push(event));
  const live = events.filter(({ event }) => event === 'output').map(({ data }) => data);
  expect(live.length).toBeGreaterThan(3);
  const all = [...page.segments, ...live];
  expect(all.map(({ text }) => text).join('')).toBe(turns);
  for (const one of ['stdout', 'stderr'] as const) {
    expect(joined(all, one).equals(server.output(id, one))).toBe(true);
  }
});

test('around a gap both streams keep their order; a download of both goes on behind it', async () => {
  const { server, id, base, kept } = await jobWithGap();
  const pages = await allPages(
    server,
    `${base}?stream=both&max=1000000&from=`,
    'c0-0',
    (page) => page.next,
  );
  const segments = pages.flatMap((page) => page.segments);
  expect(joined(segments, 'stdout').equals(kept)).toBe(true);
  expect(joined(segments, 'stderr').equals(server.output(id, 'stderr'))).toBe(true);
  const download = await server.ask('GET', `${base}?stream=both&raw=1`);
  expect(download.headers['accept-ranges']).toBe('none');
  expect(download.headers['content-length']).toBeUndefined();
  expect(download.text).toMatch(/\n\[… bytes \d+–\d+ were dropped, .*\]\nrow \d+ y+\n/);
  expect(download.text.match(/^mark \d+$/gm)?.length).toBe(12);
  const rows = [...download.text.matchAll(/^row (\d+) y+$/gm)].map(([, n]) => Number(n));
  expect(rows.at(-1)).toBe(59_999);
  expect(rows.length).toBe(kept.toString().match(/row \d+ y+\n/g)?.length);
  const ranged = { headers: { range: 'bytes=0-9' } };
  expect((await server.ask('GET', `${base}?stream=both&raw=1`, ranged)).status).toBe(200);
});

test('where nobody noted the order, both streams are one after the other as a file', async () => {
  const server = served();
  const id = await server.start('', { command: ['sh', '-c', 'echo out; echo err >&2'] });
  await server.ended(id);
  const { text, headers } = await server.ask('GET', `/api/v1/jobs/${id}/output?stream=both&raw=1`);
  expect([text, headers['content-length']]).toEqual(['out\nerr\n', '8']);
});

test('what is wrong with a position is said', async () => {
  const server = served();
  const id = await server.start('print(1)');
  await server.ended(id);
  const refused = async (query: string) => {
    const { status, text } = await server.ask('GET', `/api/v1/jobs/${id}/output?${query}`);
    expect([query, status]).toEqual([query, 400]);
    return JSON.parse(text).detail;
  };
  expect(await refused('from=c0-0')).toMatch(/from: "c0-0" is not an offset/);
  expect(await refused('stream=both&from=7')).toMatch(/from: "7" is not a place in both streams/);
  expect(await refused('stream=both&from=x')).toMatch(/from.*such as 4096/);
  expect(await refused('stream=both&from=c9-0')).toMatch(/lies behind the end of the output, c2-0/);
  expect(await refused('stream=both&before=stderr:1')).toMatch(/lies behind the end/);
  expect(await refused('from=0&before=1')).toMatch(/before: it cannot be combined with from/);
  expect(await refused('stream=both&raw=1&tail=1')).toMatch(/both streams come as a whole/);
});
