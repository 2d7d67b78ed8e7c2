/**
 * Pages of any size are the output together. With PYTHON_MCP_HEAVY=1 (npm run test:heavy) every size
 * from 200 to 40,000 bytes is tried; else those around which something changes, and some between.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Cursor, START } from '../../../src/core/cursor.ts';
import { readOutput } from '../../../src/jobs/read/text-page.ts';
import {
  createJobFolder,
  jobFolder,
  type JobFolder,
} from '../../../src/output/files/job-folder.ts';
import { sample } from '../../support/heavy.ts';

const MB = 1_000_000;
let root: string;
let large: Log;
let small: Log;

interface Log {
  folder: JobFolder;
  stdout: Buffer;
  stderr: Buffer;
}

beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'python-mcp-budgets-'));
  large = newLog('large', longOutput(), Buffer.from('warning\n'.repeat(50_000)));
  small = newLog('small', hostileOutput(), Buffer.from('wárning €\n'.repeat(100)));
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

function newLog(name: string, stdout: Buffer, stderr: Buffer): Log {
  const folder = jobFolder(root, name);
  createJobFolder(folder);
  writeFileSync(folder.stdout, stdout);
  writeFileSync(folder.stderr, stderr);
  return { folder, stdout, stderr };
}

/** 10 MB of lines of many lengths with characters of all widths. */
function longOutput(): Buffer {
  const lines: string[] = [];
  for (let length = 0, n = 0; length < 10 * MB; n += 1) {
    const line = `${n} ${'aé€😀'.repeat((n * 7) % 40)}\n`;
    lines.push(line);
    length += Buffer.byteLength(line);
  }
  return Buffer.from(lines.join(''));
}

/** 20 KB: one long line, redraws, escapes, characters of all widths, what is no character at all. */
function hostileOutput(): Buffer {
  const text = [
    'é€😀漢'.repeat(800),
    '\n',
    Array.from({ length: 200 }, (_, n) => `\r\x1b[2K${n}%|█${'▏'.repeat(n % 9)}|`).join(''),
    '\n',
    '\x1b]8;;\x1b[31m(\b\x1b[A'.repeat(120),
    'x'.repeat(3000),
    'line\r\n\n'.repeat(200),
  ];
  const broken = Buffer.from([0xff, 0xc3, 0x0a, 0xed, 0xa0, 0x80, 0xf0, 0x9f, 0x98, 0x00, 0x80]);
  const parts = text.flatMap((part) => [Buffer.from(part), broken]);
  return Buffer.concat([...parts, Buffer.from('no line end €').subarray(0, -1)]);
}

function readAll(
  { folder }: Log,
  maxBytes: number,
  raw: boolean,
): { stdout: Buffer; stderr: Buffer } {
  const parts: Record<'stdout' | 'stderr', Uint8Array[]> = { stdout: [], stderr: [] };
  let cursor: Cursor = START;
  for (;;) {
    const request = { cursor, stream: 'both' as const, maxBytes, tail: false, raw };
    const { pages, next, atEnd } = readOutput(true, folder, request);
    const length = pages.reduce((sum, { page }) => sum + page.bytes.length, 0);
    if (length > maxBytes + 4) throw new Error(`a page of ${length} bytes`);
    for (const { stream, page } of pages) parts[stream].push(page.bytes);
    cursor = next;
    if (atEnd) return { stdout: Buffer.concat(parts.stdout), stderr: Buffer.concat(parts.stderr) };
    if (length === 0) throw new Error(`stands still at ${JSON.stringify(cursor)}`);
  }
}

function expectWhole(log: Log, maxBytes: number, raw: boolean): void {
  const read = readAll(log, maxBytes, raw);
  if (read.stdout.equals(log.stdout) && read.stderr.equals(log.stderr)) return;
  throw new Error(`pages of ${maxBytes} bytes are not the output`);
}

const LARGE_SIZES = [200, 201, 997, 4096, 8191, 39_999, 40_000];

test.each(sample(LARGE_SIZES, (size) => size !== 201))(
  'a reader with pages of %i bytes gets all of 10 MB to the end',
  (maxBytes) => {
    for (const raw of maxBytes < 1000 ? [false] : [true, false]) expectWhole(large, maxBytes, raw);
  },
  120_000,
);

const EDGES = [200, 4096, 8192, 16_384, 32_768, 40_000];
const ALL_SIZES = Array.from({ length: 40_000 - 199 }, (_, index) => 200 + index);
const SIZES = sample(
  ALL_SIZES,
  (size) => size % 101 === 0 || EDGES.some((edge) => Math.abs(size - edge) < 8),
);

test('a reader with pages of any size from 200 to 40,000 bytes gets all of hostile output', () => {
  expect(small.stdout.length).toBeGreaterThan(20_000);
  for (const maxBytes of SIZES) {
    expectWhole(small, maxBytes, false);
    if (maxBytes % 7 === 0) expectWhole(small, maxBytes, true);
  }
}, 120_000);

test('notes of more output than there is keep nobody from the rest', () => {
  const note = Buffer.alloc(24);
  note.writeBigUInt64LE(2n ** 50n, 8);
  writeFileSync(large.folder.order, note);
  expectWhole(large, 40_000, false);
  rmSync(large.folder.order);
});
