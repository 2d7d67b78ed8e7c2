/**
 * A megabyte of what terminals choke on, read in every way there is: it takes less than half a second
 * (for each megabyte of text that it is drawn to, if that is more), and nobody else waits for a tenth. Ways take turns from kind to kind; with
 * PYTHON_MCP_HEAVY=1 (npm run test:heavy) each kind is read in each way.
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createApp } from '../../../src/create-app.ts';
import type { App } from '../../../src/jobs/app.ts';
import { readConfig } from '../../../src/config/read-settings.ts';
import type { Caller } from '../../../src/jobs/read/read-job.ts';
import { openDatabase } from '../../../src/store/database.ts';
import { JobStore } from '../../../src/store/job-store.ts';
import { inTurn } from '../../support/heavy.ts';
import { newJob } from '../../support/new-job.ts';

const MB = 1_000_000;
const MIB = 1024 * 1024;
const MOST_LAG_MS = 100;
const MOST_TIME_MS = 500;

const KINDS: Record<string, string> = {
  'unfinished links': '\x1b]8;;',
  'unfinished sequences': '\x1b[',
  'endless parameters': '\x1b[1;',
  'lone escapes': '\x1b',
  'character sets': '\x1b(',
  parentheses: '(',
  'carriage returns': '\r',
  'redrawn words': 'ab\r',
  'redrawn wide characters': '世\r',
  backspaces: '\b',
  'words and backspaces': '😀\b',
  'cursor up': 'x\x1b[A',
  'cursor far right': '\x1b[999Cx\n',
  'cursor anywhere': '\x1b[9;9Hx',
  'erased lines': 'x\x1b[1K',
  'erased screens': 'x\n\x1b[1J',
  'rows made and erased': '\x1b[B\x1b[J',
  'whole screens erased': 'x\x1b[2J',
  'invisible characters': '\u200b',
  'stacked accents': '\u0301',
};

/** Long lines of which the end asks for every cell. */
const LINES: Record<string, string> = {
  'one line, redrawn': `${'x'.repeat(MB)}\ry`,
  'one wide line, redrawn': `${'é世'.repeat(MB / 5)}\ry`,
  'headers of tracebacks in a line': `x${repeated('Traceback (most recent call last):')}`,
  'short lines': 'x\n'.repeat(MB / 2),
  'long lines of escapes': `${'\x1b[1m'.repeat(1000)}x\n`.repeat(MB / 4002),
};

let root: string;
let app: App;
const ids = new Map<string, string>();

beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), 'python-mcp-cleaning-'));
  const env = { PYTHON_MCP_HOME: join(root, 'home') };
  app = createApp(await readConfig(env), env, false);
  const kinds = Object.entries(KINDS).map(([name, part]) => [name, repeated(part)] as const);
  for (const [name, text] of [...kinds, ...Object.entries(LINES)]) ids.set(name, addJob(text));
});
afterAll(() => {
  app.close();
  rmSync(root, { recursive: true, force: true });
});

function repeated(part: string): string {
  return part.repeat(Math.floor(MB / Buffer.byteLength(part)));
}

function addJob(output: string): string {
  const now = Date.now();
  const job = newJob({ request: { label: 'hostile', streaming: true }, createdAt: now });
  const { id } = job;
  const folder = join(root, 'home', 'jobs', id);
  mkdirSync(folder);
  writeFileSync(join(folder, 'stdout.log'), output);
  const store = new JobStore(openDatabase(join(root, 'home', 'meta', 'jobs.db')));
  store.insert(job);
  const outcome = { kind: 'exited', code: 0 } as const;
  const times = { startedAt: now, endedAt: now };
  store.finish(id, {
    name: 'completed',
    ...times,
    launch: null,
    outcome,
    exitCode: 0,
    usage: null,
  });
  store.close();
  return id;
}

/** Reads all there is, or as much as one call gives; each call is an event of its own. Gives its length. */
type Reader = (id: string) => Promise<number>;

/** One that gets every reply. */
function caller(): Caller {
  return { signal: new AbortController().signal, delivered: Promise.resolve(true) };
}

const WHOLE: Record<string, Reader> = {
  async 'page by page'(id) {
    let given = 0;
    for (let cursor = 'c0-0'; cursor !== '';) {
      const page = { job_id: id, stream: 'stdout', cursor, max_bytes: 40_000 } as const;
      const text = await app.jobs.read.output(page);
      cursor = / next cursor (c\d+-\d+) /.exec(text)?.[1] ?? '';
      given += text.length;
      await nextTurn();
    }
    return given;
  },
  async 'as new output'(id) {
    const reader = String(Math.random());
    let given = 0;
    for (let more = true; more;) {
      const request = { job_id: id, incremental: true, reader };
      const { reply, advance } = await app.jobs.read.status(request, caller());
      advance();
      more = reply.job.more === true;
      given += reply.job.new_stdout?.length ?? 0;
      await nextTurn();
    }
    return given;
  },
  async 'as one plain page'(id) {
    const text = await app.jobs.inspect.output.text(id, 'stdout', { from: 0 }, MIB);
    return text.length;
  },
};

const PARTS: Record<string, (id: string) => Promise<void>> = {
  async 'by its end and as a whole in short'(id) {
    await app.jobs.read.output({ job_id: id, tail: true, max_bytes: 40_000 });
    await nextTurn();
    await app.jobs.read.status({ job_id: id }, caller());
    await nextTurn();
    app.jobs.read.partialOutput(id);
  },
  async 'by a search with much around each match'(id) {
    const search = { job_id: id, search: '[x(]|$', max_bytes: 40_000, context_lines: 50 };
    await app.jobs.read.output(search);
  },
  async 'by a search for the last traceback'(id) {
    await app.jobs.read.output({ job_id: id, search: 'traceback', max_bytes: 40_000 });
  },
  async 'by a search for every match'(id) {
    const request = { stream: 'stdout', text: '(?i)X|$', isPattern: true, from: 0 } as const;
    await app.jobs.inspect.search(id, { ...request, limit: 1000 });
  },
};

interface Cost {
  lag: number;
  time: number;
}

/**
 * The longest turn of the event loop, by which a timer would come late, and all of them together:
 * milliseconds of processor time, as other programs that take the processor away are not our lag.
 */
async function measure(work: () => Promise<number | void>): Promise<Cost> {
  const turns: number[] = [];
  let before = process.threadCpuUsage();
  const endTurn = (): void => {
    const { user, system } = process.threadCpuUsage(before);
    turns.push((user + system) / 1000);
    before = process.threadCpuUsage();
    timer = setImmediate(endTurn);
  };
  await nextTurn();
  let timer = setImmediate(endTurn);
  before = process.threadCpuUsage();
  const given = (await work()) ?? 0;
  await nextTurn(); // so that the last one is counted
  clearImmediate(timer);
  const time = turns.reduce((sum, turn) => sum + turn, 0);
  return { lag: Math.max(...turns), time: time / Math.max(1, given / MB) };
}

/** Once more when it was too long: the first time warms up. */
async function best(read: (id: string) => Promise<number | void>, id: string): Promise<Cost> {
  const cold = await measure(() => read(id));
  if (cold.lag < MOST_LAG_MS && cold.time < MOST_TIME_MS) return cold;
  return measure(() => read(id));
}

const numbered = [...Object.keys(KINDS), ...Object.keys(LINES)].map((kind, at) => ({ kind, at }));

describe.each(numbered)('a megabyte of $kind', ({ kind, at }) => {
  test.each(inTurn(Object.keys(WHOLE), at, 3))(
    'is read %s in time, and nobody waits',
    async (way) => {
      const { lag, time } = await best(WHOLE[way] as Reader, ids.get(kind) ?? '');
      expect(lag).toBeLessThan(MOST_LAG_MS);
      expect(time).toBeLessThan(MOST_TIME_MS);
    },
  );

  test.each(inTurn(Object.keys(PARTS), at, 4))('is read %s, and nobody waits', async (way) => {
    const { lag } = await best(PARTS[way] as (typeof PARTS)[string], ids.get(kind) ?? '');
    expect(lag).toBeLessThan(MOST_LAG_MS);
  });
});
