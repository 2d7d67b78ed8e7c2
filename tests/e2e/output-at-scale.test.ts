/**
 * Output of any size and kind: bounded replies, in time, from a server that stays small.
 * PYTHON_MCP_HEAVY=1 (npm run test:heavy) runs it at full size: 1.2 GB, 10 M lines, 5 GB.
 */
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, test } from 'vitest';
import { decodeUtf8 } from '../../src/output/files/code-points.ts';
import { readPage } from '../../src/output/files/read-page.ts';
import { HEAVY } from '../support/heavy.ts';
import { type Reply, startServer, type TestServer } from '../support/start-server.ts';
import { waitFor } from '../support/wait-for.ts';

const MB = 1_000_000;
const MIB = 1024 * 1024;
const RSS_GROWTH_LIMIT = 100 * MIB;
const LIMIT_MS = HEAVY ? 300_000 : 60_000;

const LINE_MB = HEAVY ? 1_200 : 150;
const LINES = HEAVY ? 10_000_000 : 500_000;
const RANDOM_MB = HEAVY ? 200 : 20;

const KINDS = {
  'one line': `
import os
for _ in range(${LINE_MB}): os.write(1, b"x" * 1_000_000)
os.write(1, b"needle and no line end")`,
  'short lines': `
import sys
for i in range(${LINES / 1000}): sys.stdout.write("ab\\n" * 1000)
print("needle")`,
  'random bytes': `
import os
for _ in range(${RANDOM_MB}): os.write(1, os.urandom(1_000_000))
os.write(1, b"\\nneedle\\n")`,
  'text that is not quite UTF-8': `
import os
piece = b"\\xef\\xbb\\xbf" + "é€😀".encode() + b"\\xff\\xc3\\xed\\xa0\\x80\\xf0\\x9f\\x98\\n"
for _ in range(${HEAVY ? 1000 : 400}): os.write(1, piece * 1000)
os.write(1, b"needle\\n")`,
};

// How soon is measured by bench/poll-large-log and bench/million-lines.
describe.each(Object.entries(KINDS))('output that is %s', (_, script) => {
  test(
    'has a tail, a middle and can be searched, in little memory',
    async () => {
      const server = await startServer();
      const id = await server.start(script, { max_output_bytes: 4_000 * MB });
      await server.ended(await server.start('print("warm")'));
      const { stdout_bytes: size } = await server.ended(id, LIMIT_MS);
      await server.text('py_job_output', { job_id: id, search: 'warm', max_bytes: 200 });
      const before = rssOf(server.pid);
      const middle = `c${Math.floor(size / 2)}-0`;
      const tail = await bounded(server, { job_id: id, tail: true, max_bytes: 40_000 });
      expect(tail).toContain('needle');
      await bounded(server, { job_id: id, cursor: middle, max_bytes: 40_000 });
      await bounded(server, { job_id: id, cursor: middle, max_bytes: 200 });
      await findNeedle(server, id, size);
      await bounded(server, { job_id: id, search: '(?i)[a-z]+NEEDLE$', max_bytes: 8192 });
      await bounded(server, { job_id: id, search: 'traceback' });
      expect(rssOf(server.pid) - before).toBeLessThan(RSS_GROWTH_LIMIT);
      expect(server.session.longestMessage()).toBeLessThan(MIB);
    },
    LIMIT_MS,
  );
});

/** Calls py_job_output: the reply must be bounded, and text that JSON can hold. */
async function bounded(server: TestServer, args: object): Promise<string> {
  const text = await server.text('py_job_output', args);
  expect(text.isWellFormed()).toBe(true);
  expect(Buffer.byteLength(text)).toBeLessThan(130_000);
  return text;
}

/** One call after the other until it is found where it is. */
async function findNeedle(server: TestServer, id: string, size: number): Promise<void> {
  const args = { job_id: id, search: 'needle', stream: 'stdout', context_lines: 0 };
  for (let cursor = 'c0-0'; ;) {
    const text = await bounded(server, { ...args, cursor });
    if (text.includes('1 match')) {
      // Where its line begins, or the part of it that is shown.
      const at = Number(/^(\d+):/m.exec(text)?.[1]);
      expect(at).toBeLessThan(size);
      expect(at).toBeGreaterThan(size - 5000);
      return;
    }
    const next = /next cursor (c\d+-\d+)/.exec(text)?.[1] ?? '';
    expect(text).toContain('0 matches');
    expect(next).not.toBe(cursor);
    cursor = next;
  }
}

test('a hostile pattern does not hold up the server', async () => {
  const server = await startServer();
  const id = await server.start(
    'import os\nfor _ in range(20): os.write(1, b"a" * 1_000_000)\nprint("!")',
  );
  await server.ended(id);
  for (const search of ['(a+)+$', '(a|a|a|a)*b', '(a{0,30}){0,30}b', '(?i)(x|a)+!$']) {
    let isOver = false;
    const args = { job_id: id, search, wait_seconds: 2 };
    const searching = server.text('py_job_output', args).finally(() => (isOver = true));
    let answered = 0;
    while (!isOver) {
      await server.call('py_list_jobs', { limit: 1 });
      if (!isOver) answered += 1;
    }
    expect(answered).toBeGreaterThan(1);
    expect(await searching).toContain('next cursor');
  }
});

describe('output over its limit', () => {
  const CAP = (HEAVY ? 256 : 40) * MIB;
  const TOTAL = HEAVY ? 5_000 * MB : 200 * MB;
  /** Heavy: 12 MB at once, as fast as the disk takes them. One that is faster: decision 0081. */
  const FLOOD = `
import os, sys, time
lines = b"".join(b"line %012d of a flood of output, as long as lines are\\n" % n for n in range(2000))
chunk = lines * ${HEAVY ? 100 : 1}
for _ in range(${TOTAL} // len(chunk) + 1):
    os.write(1, chunk)
    ${HEAVY ? 'os.fdatasync(1)' : 'time.sleep(0.002)'}
print("the end", file=sys.stderr)
`;

  test(
    'keeps head and tail, takes no more space than the limit, and names what is gone',
    async () => {
      const server = await startServer();
      await server.ended(await server.start('print("warm")'));
      const before = rssOf(server.pid);
      const id = await server.start(FLOOD, { max_output_bytes: CAP });
      const path = logOf(server, id);
      let [most, seen] = [0, 0];
      let job: Reply;
      do {
        ({ job } = await server.call('py_job_status', { job_id: id }));
        expect(job.stdout_bytes).toBeGreaterThanOrEqual(seen);
        seen = job.stdout_bytes;
        const stat = statSync(path, { throwIfNoEntry: false });
        most = Math.max(most, (stat?.blocks ?? 0) * 512);
        const tail = await server.text('py_job_output', {
          job_id: id,
          tail: true,
          stream: 'stdout',
        });
        expect(tail).not.toContain('\0');
      } while (job.phase !== 'ended');
      expect(job).toMatchObject({ status: 'completed' });
      expect(job.stdout_bytes).toBeGreaterThanOrEqual(TOTAL);
      expect(most).toBeLessThan(CAP * 1.5);
      expect(rssOf(server.pid) - before).toBeLessThan(64 * MIB);
      expect(job.result.stdout).toMatch(/^line 000000000000 [^]*bytes \d+–\d+ were dropped/);
      await readAroundGap(server, id, job.stdout_bytes);
    },
    LIMIT_MS,
  );

  async function readAroundGap(server: TestServer, id: string, size: number): Promise<void> {
    const gap =
      readFileSync(`${logOf(server, id)}.gap`, 'latin1')
        .trim()
        .split('\n')
        .at(-1) ?? '';
    const [from = 0, to = 0] = gap.trim().split(/ +/).map(Number);
    const whole = { job_id: id, stream: 'stdout', max_bytes: 40_000 };
    const before = await server.text('py_job_output', { ...whole, cursor: `c${from - 100}-0` });
    expect(before).toContain(`stdout bytes ${from - 100}–${from} of ${size}`);
    const behind = await server.text('py_job_output', { ...whole, cursor: `c${from}-0` });
    expect(behind).toContain(`(bytes ${from}–${to} were dropped, as the output passed`);
    expect(behind).toMatch(/\nline \d{12} of a flood/);
    let text = '';
    let cursor = `c${to}-0`;
    do {
      const page = await server.text('py_job_output', { ...whole, cursor });
      text = page;
      cursor = /next cursor (c\d+-\d+)/.exec(page)?.[1] ?? '';
    } while (cursor !== '' && Number(/^c(\d+)/.exec(cursor)?.[1]) < to + 2 * MB);
    expect(text).not.toContain('\0');
  }

  test('shows no byte of a hole after kill -9 of the server that made it', async () => {
    const server = await startServer();
    const id = await server.start(FLOOD, { max_output_bytes: CAP });
    const path = logOf(server, id);
    await waitFor(() => existsSync(`${path}.gap`), 20_000);
    await server.kill();
    const next = await startServer({ on: server });
    await next.ended(id, LIMIT_MS);
    let lines = '';
    for (let at = 0; ;) {
      const page = readPage(path, at, MIB, true);
      if (page.bytes.length === 0) break;
      expect(page.bytes.includes(0)).toBe(false);
      // Borders of a gap are line ends: what is left are whole lines, in order.
      if (page.skipped) expect(lines.endsWith('\n')).toBe(true);
      lines = decodeUtf8(page.bytes);
      if (page.skipped) expect(lines).toMatch(/^line \d{12} /);
      at = page.next;
    }
    expect(lines).toMatch(/as long as lines are\n$/);
  }, 60_000);

  test('ends the job where the system cannot make holes', async () => {
    const server = await startServer({ env: { PATH: '/nonexistent' } });
    const id = await server.start('import os\nwhile True: os.write(1, b"x" * 100_000)', {
      max_output_bytes: 4 * MIB,
    });
    const job = await server.ended(id);
    expect(job.outcome).toEqual({ kind: 'output_limit', limit_bytes: 4 * MIB });
    expect(job.error).toContain('max_output_bytes');
  });
});

test('a job whose output grows is ended when the disk is nearly full, a quiet one is not', async () => {
  const server = await startServer();
  const loud = await server.start(
    'import os, time\nwhile True:\n  os.write(1, b"x" * 1_000_000)\n  time.sleep(0.05)',
  );
  const quiet = await server.start('import time\ntime.sleep(600)');
  await waitFor(
    async () => (await server.call('py_job_status', { job_id: loud })).job.stdout_bytes > 0,
    20_000,
  );
  const floor = { PYTHON_MCP_MIN_FREE_DISK_BYTES: '9000000000000000' };
  const strict = await startServer({ on: server, env: floor });
  const job = await strict.ended(loud);
  expect(job.outcome).toEqual({ kind: 'disk_full' });
  expect(job.error).toContain('min_free_disk_bytes');
  expect((await strict.call('py_job_status', { job_id: quiet })).job.status).toBe('running');
  const run = { directory: server.work, script_content: 'pass' };
  expect(await strict.refusal('py_run_script_in_dir', run)).toContain('min_free_disk_bytes');
});

test('output at rest is packed and reads as before', async () => {
  const server = await startServer();
  const id = await server.start(
    'for i in range(200_000): print("line", i, "of a log that is kept")',
  );
  await server.ended(id);
  const path = logOf(server, id);
  const plain = readFileSync(path);
  const [tail, size] = [await tailOf(server, id), plain.length];
  await server.kill('SIGTERM');
  const database = new DatabaseSync(join(server.home, 'meta', 'jobs.db'));
  database.exec('UPDATE jobs SET ended_at = ended_at - 120000');
  database.close();
  const next = await startServer({ on: server });
  await waitFor(() => existsSync(`${path}.zst`) && !existsSync(path), 30_000);
  expect(statSync(`${path}.zst`).size).toBeLessThan(size / 8);
  expect(await tailOf(next, id)).toBe(tail);
  const hash = createHash('sha256');
  for (let more = true; more;) {
    const { job } = await next.call('py_job_status', {
      job_id: id,
      incremental: true,
      reader: 'x',
    });
    hash.update(job.new_stdout);
    more = job.more === true;
  }
  expect(hash.digest('hex')).toBe(createHash('sha256').update(plain).digest('hex'));
  const found = await next.text('py_job_output', {
    job_id: id,
    search: '^line 123456 ',
    wait_seconds: 30,
  });
  expect(found).toContain(`${plain.indexOf('line 123456 ')}:line 123456 of a log`);
});

/** Without the header's boundary, which differs each time. */
async function tailOf(server: TestServer, id: string): Promise<string> {
  const text = await server.text('py_job_output', { job_id: id, tail: true });
  return text.split('\n').slice(1, -1).join('\n');
}

test('lines of both streams come in the order in which they appeared, page by page', async () => {
  const server = await startServer();
  const id = await server.start(`
import sys, time
for i in range(12):
    print("out", i)
    time.sleep(0.08)
    print("err", i, file=sys.stderr)
    time.sleep(0.08)
`);
  await server.ended(id);
  const expected = Array.from({ length: 12 }, (_, i) => `out| out ${i}\nerr| err ${i}\n`).join('');
  const whole = await server.text('py_job_output', { job_id: id });
  expect(whole).toContain(`\n${expected}`);
  const end = await server.text('py_job_output', { job_id: id, tail: true });
  expect(end).toContain(`\n${expected}`);
});

test('the last traceback is found, with the one that led to it', async () => {
  const server = await startServer();
  const id = await server.start(`
import sys
print("Traceback (most recent call last): this is not one", file=sys.stderr)
try:
    raise ValueError("old")
except ValueError:
    sys.excepthook(*sys.exc_info())
print("going on", file=sys.stderr)
try:
    1 / 0
except ZeroDivisionError as cause:
    raise RuntimeError("two\\nlines") from cause
`);
  await server.ended(id);
  const text = await server.text('py_job_output', { job_id: id, search: 'traceback' });
  expect(text).toMatch(/^job \w+ · last traceback: stderr bytes \d+–\d+ /);
  expect(text).toMatch(
    /\nTraceback [^]*ZeroDivisionError: [^]*direct cause[^]*RuntimeError: two\nlines\n/,
  );
  expect(text).not.toContain('old');
  expect(text).not.toContain('going on');
});

test('parameters that make no sense with a search are refused', async () => {
  const server = await startServer();
  const id = await server.start('print(1)');
  const refused = (args: object) => server.refusal('py_job_output', { job_id: id, ...args });
  expect(await refused({ search: '(' })).toMatch(/^search: "\(" is not a pattern/);
  expect(await refused({ search: 'x', tail: true })).toMatch(/^tail: /);
  expect(await refused({ search: 'x', until: 'exit' })).toMatch(/^until: /);
  expect(await refused({ search: '(a{1000}){1000}' })).toMatch(/^search: /);
});

function logOf(server: TestServer, id: string): string {
  return join(server.home, 'jobs', id, 'stdout.log');
}

/** Resident memory in bytes. */
function rssOf(pid: number): number {
  const status = readFileSync(`/proc/${pid}/status`, 'latin1');
  return Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1]) * 1024;
}
