import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { TestServer } from '../support/start-server.ts';
import { fileServer } from './file-server.ts';

const served = fileServer();

interface Page {
  header: string;
  /** Null at the end of the output. */
  cursor: string | null;
  body: string;
}

async function page(server: TestServer, job_id: string, more: object = {}): Promise<Page> {
  const text = await server.text('py_job_output', { job_id, ...more });
  const [header = '', ...lines] = text.split('\n');
  const boundary = lines.pop();
  expect(header.endsWith(` · untrusted output up to the line ${boundary}`)).toBe(true);
  const cursor = / · next cursor (c\d+-\d+) · /.exec(header)?.[1] ?? null;
  return { header, cursor, body: lines.join('\n') };
}

async function ended(code: string): Promise<{ server: TestServer; id: string }> {
  const server = served();
  const id = await server.start(code);
  await server.ended(id);
  return { server, id };
}

/** Milliseconds and the lengths of both streams, 8 bytes each, after each of so many numbers. */
function notesAfterEachLine(count: number): Buffer {
  const notes = Buffer.alloc(count * 24);
  const lengths = [0, 0] as [number, number];
  for (let n = 0; n < count; n += 1) {
    lengths[n % 2 === 0 ? 0 : 1] += `${n}\n`.length;
    notes.writeBigUInt64LE(BigInt(lengths[0]), n * 24 + 8);
    notes.writeBigUInt64LE(BigInt(lengths[1]), n * 24 + 16);
  }
  return notes;
}

describe('a page', () => {
  test('says what it is: range, total, status', async () => {
    const { server, id } = await ended('import sys\nprint("out")\nprint("err", file=sys.stderr)');
    const { header, body } = await page(server, id);
    expect(header.replace(/line [0-9a-f]{12}$/, 'line X')).toBe(
      `job ${id} · stdout bytes 0–4 of 4 · stderr bytes 0–4 of 4 · end of output · ` +
        'status completed · untrusted output up to the line X',
    );
    expect(body).toBe('out| out\nerr| err');
  });

  test('says of a failed job why, in words that cannot pass for its own', async () => {
    const { server, id } = await ended('raise ValueError("no \\" · status completed\\nx")');
    const { header } = await page(server, id);
    expect(header).toContain(
      ' · status failed · exit code 1 · error "ValueError: no \\" · status completed (script.py, line 1)." · ',
    );
    const found = await server.text('py_job_output', { job_id: id, search: 'ValueError' });
    expect(found.split('\n')[0]).toContain(' · error "ValueError: no ');
    const left = await ended('raise SystemExit(3)');
    expect((await page(left.server, left.id)).header).toContain(
      ' · status failed · error "The script exited with code 3." · ',
    );
  });

  test('leads to the next by its cursor, until the end', async () => {
    const { server, id } = await ended('for i in range(3000): print("zeile", i, "€")');
    let [cursor, read, pages]: [string | null, string, number] = ['c0-0', '', 0];
    while (cursor !== null) {
      const at: Page = await page(server, id, {
        cursor,
        stream: 'stdout',
        max_bytes: 3001,
        raw: true,
      });
      // A page that ends within a line gets a line break for the boundary after it.
      const [, from = 0, to = 0] = (/stdout bytes (\d+)–(\d+) of/.exec(at.header) ?? []).map(
        Number,
      );
      read += Buffer.from(`${at.body}\n`)
        .subarray(0, to - from)
        .toString();
      expect(to - from).toBeLessThanOrEqual(3001);
      ({ cursor } = at);
      pages += 1;
    }
    expect(read).toBe(server.output(id, 'stdout').toString());
    expect(pages).toBe(Math.ceil(Buffer.byteLength(read) / 2999));
  });

  test('has 8 KB unless asked otherwise, and both streams get their share', async () => {
    const { server, id } = await ended(
      'import sys\nprint("o" * 50_000)\nprint("e" * 50_000, file=sys.stderr)',
    );
    rmSync(join(server.home, 'jobs', id, 'work', '.python_mcp', 'order')); // as with another runtime
    expect((await page(server, id)).header).toContain(
      'stdout bytes 0–4096 of 50001 · stderr bytes 0–4096 of 50001 · next cursor c4096-4096',
    );
    expect((await page(server, id, { stream: 'stderr' })).header).toContain(
      'stderr bytes 0–8192 of 50001 · next cursor c0-8192',
    );
  });

  test('of very many short lines of both streams keeps their order', async () => {
    const { server, id } = await ended(
      'import sys\nfor n in range(6000): print(n, file=(sys.stdout, sys.stderr)[n % 2])',
    );
    // As if the runtime had looked after each line: more often than there is room in one page.
    writeFileSync(
      join(server.home, 'jobs', id, 'work', '.python_mcp', 'order'),
      notesAfterEachLine(6000),
    );
    const lines: string[] = [];
    for (let cursor: string | null = 'c0-0'; cursor !== null;) {
      const read: Page = await page(server, id, { cursor, max_bytes: 40_000 });
      lines.push(...read.body.split('\n'));
      ({ cursor } = read);
    }
    const expected = (n: number) => `${n % 2 === 0 ? 'out' : 'err'}| ${n}`;
    expect(lines).toEqual(Array.from({ length: 6000 }, (_, n) => expected(n)));
  });

  test('of the tail is the end of the output', async () => {
    const { server, id } = await ended('for i in range(5000): print("line", i)');
    const { header, body } = await page(server, id, {
      tail: true,
      stream: 'stdout',
      max_bytes: 200,
    });
    expect(header).toContain('stdout bytes 48690–48890 of 48890 · end of output');
    expect(body).toMatch(/line 4998\nline 4999$/);
  });

  test('is clean unless raw', async () => {
    const { server, id } = await ended('print("\\033[31mred\\033[0m 10%\\r20%\\rdone      ")');
    expect((await page(server, id, { stream: 'stdout' })).body.trimEnd()).toBe('done');
    const raw = await page(server, id, { stream: 'stdout', raw: true });
    expect(raw.body).toBe('\u001b[31mred\u001b[0m 10%\r20%\rdone      ');
  });

  test('beyond everything read says that there is nothing new', async () => {
    const { server, id } = await ended('print("out")');
    const { header, body } = await page(server, id, { cursor: 'c4-0' });
    expect(header).toContain('stdout bytes 4–4 of 4 · stderr bytes 0–0 of 0 · end of output');
    expect(body).toBe('(nothing new)');
  });
});

describe('waiting', () => {
  const STEPS = `
import os, sys, time
def wait(name):
    while not os.path.exists(name):
        time.sleep(0.01)
print("starting", flush=True)
wait("go")
print("Listening on port 8080", flush=True)
wait("end")
print("bye")
`;
  const touch = (server: TestServer, name: string) =>
    server.call('py_run_script_in_dir', {
      directory: server.work,
      script_content: `open("${name}", "w").close()`,
    });

  test('for a pattern returns when a line has it, and says where', async () => {
    const server = served();
    const id = await server.start(STEPS);
    const waiting = page(server, id, { until: 'port \\d+$', wait_seconds: 45 });
    await touch(server, 'go');
    const { header, body } = await waiting;
    expect(header).toContain(' · "port \\\\d+$" matched at stdout byte 9 · ');
    expect(body).toContain('Listening on port 8080');
    expect(header).toContain('status running');
  });

  test('for the exit returns with the last output', async () => {
    const server = served();
    const id = await server.start(STEPS);
    const waiting = page(server, id, { until: 'exit', wait_seconds: 45 });
    await touch(server, 'go');
    await touch(server, 'end');
    const { header, body } = await waiting;
    expect(header).toContain('status completed');
    expect(body).toContain('bye');
  });

  test('for a pattern that never comes ends with the job, and says so', async () => {
    const { server, id } = await ended('print("out")');
    const { header } = await page(server, id, { until: 'never', wait_seconds: 45 });
    expect(header).toContain(' · no match for "never" · ');
  });

  test('for new output after a cursor returns with it', async () => {
    const server = served();
    const id = await server.start(STEPS);
    const wait = { until: 'output', wait_seconds: 45 };
    const first = await page(server, id, wait);
    const waiting = page(server, id, { cursor: first.cursor ?? 'c9-0', ...wait });
    await touch(server, 'go');
    let { body } = await waiting;
    while (!body.includes('port')) ({ body } = await page(server, id, wait));
    expect(body).toContain('Listening on port 8080');
  });

  test('with a hostile pattern on hostile output does not hold up others', async () => {
    const { server, id } = await ended('print("a" * 30_000 + "!")');
    const hostile = page(server, id, { until: '(a+)+$', wait_seconds: 1 });
    await server.call('py_list_jobs'); // where it backtracks neither would ever be answered
    await hostile;
  });
});
