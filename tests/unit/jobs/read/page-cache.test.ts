import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Cursor, START } from '../../../../src/core/cursor.ts';
import { SharedPages } from '../../../../src/jobs/read/page-cache.ts';
import {
  createJobFolder,
  jobFolder,
  type JobFolder,
} from '../../../../src/output/files/job-folder.ts';
import type { Segment } from '../../../../src/output/order/segments.ts';

let root: string;
beforeAll(() => void (root = mkdtempSync(join(tmpdir(), 'python-mcp-pages-'))));
afterAll(() => rmSync(root, { recursive: true, force: true }));

interface InTurns {
  folder: JobFolder;
  end: Cursor;
  text: string;
}

/** A line of one stream after one of the other, noted as the runtime does. */
function inTurns(name: string, count: number, line: (n: number) => string): InTurns {
  const folder = jobFolder(root, name);
  createJobFolder(folder);
  const texts = { stdout: '', stderr: '' };
  const notes = Buffer.alloc(count * 24);
  let text = '';
  for (let n = 0; n < count; n += 1) {
    texts[n % 2 === 0 ? 'stdout' : 'stderr'] += line(n);
    text += line(n);
    notes.writeBigUInt64LE(BigInt(texts.stdout.length), n * 24 + 8);
    notes.writeBigUInt64LE(BigInt(texts.stderr.length), n * 24 + 16);
  }
  writeFileSync(folder.stdout, texts.stdout);
  writeFileSync(folder.stderr, texts.stderr);
  writeFileSync(folder.order, notes);
  return { folder, end: { stdout: texts.stdout.length, stderr: texts.stderr.length }, text };
}

/** All pages, one after the other, as a follower reads them. */
function pagesFrom(pages: SharedPages, { folder, end }: InTurns, start: Cursor): Segment[][] {
  const read: Segment[][] = [];
  for (const cursor = { ...start }; ;) {
    const segments = pages.readInOrder(folder, cursor, end, true);
    if (segments.length === 0) return read;
    read.push([...segments]);
    for (const { stream, bytes, from, next } of segments) {
      expect([from, bytes.length]).toEqual([cursor[stream], next - from]);
      cursor[stream] = next;
    }
  }
}

function textOf(pages: Segment[][]): string {
  return pages.flatMap((segments) => segments.map(({ bytes }) => String(bytes))).join('');
}

test('many short lines come in order, and only some of them at once', () => {
  const printed = inTurns('short', 10_001, (n) => `${n}\n`);
  const pages = pagesFrom(new SharedPages(), printed, START);
  expect(textOf(pages)).toBe(printed.text);
  expect(pages.length).toBeGreaterThan(30);
  expect(Math.max(...pages.map((segments) => segments.length))).toBeLessThanOrEqual(256);
});

test('what one follower read of both streams is there for the others, and they meet', () => {
  const printed = inTurns('long', 101, (n) => `${n} ${'x'.repeat(3_000)}\n`);
  const shared = new SharedPages();
  const first = pagesFrom(shared, printed, START);
  expect(textOf(first)).toBe(printed.text);
  expect(first.length).toBeLessThan(7);
  writeFileSync(printed.folder.order, ''); // whatever is not known already is not found any more
  expect(pagesFrom(shared, printed, START)).toEqual(first);
});

test('followers that begin elsewhere go on with the same pages', () => {
  const printed = inTurns('elsewhere', 101, (n) => `${n} ${'x'.repeat(3_000)}\n`);
  const shared = new SharedPages();
  const first = pagesFrom(shared, printed, START);
  const late = pagesFrom(shared, printed, { stdout: 3_003, stderr: 0 });
  expect(late.slice(1).flat()).toEqual(first.slice(1).flat());
  expect(late[1]?.[0]?.bytes).toBe(first[1]?.[0]?.bytes);
});
