import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Cursor, START } from '../../../../src/core/cursor.ts';
import { readOrder } from '../../../../src/output/order/order-notes.ts';
import {
  markedLength,
  markLines,
  type Segment,
  segmentsInOrder,
  sharesInOrder,
  type StreamPage,
} from '../../../../src/output/order/segments.ts';
import type { OutputPage } from '../../../../src/output/files/read-page.ts';

let folder: string;
beforeAll(() => void (folder = mkdtempSync(join(tmpdir(), 'python-mcp-order-'))));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function orderFile(...notes: [number, number][]): string {
  const bytes = Buffer.alloc(notes.length * 24);
  notes.forEach(([stdout, stderr], place) => {
    bytes.writeBigUInt64LE(BigInt(stdout), place * 24 + 8);
    bytes.writeBigUInt64LE(BigInt(stderr), place * 24 + 16);
  });
  const path = join(mkdtempSync(join(folder, 'job-')), 'order');
  writeFileSync(path, bytes);
  return path;
}

function page(text: string, from = 0): OutputPage {
  const bytes = Buffer.from(text);
  return { bytes, from, next: from + bytes.length, size: from + bytes.length };
}

function pages(stdout: string, stderr: string) {
  return [
    { stream: 'stdout' as const, page: page(stdout) },
    { stream: 'stderr' as const, page: page(stderr) },
  ];
}

function inOrder(pages: readonly StreamPage[], notes: readonly Cursor[]): Segment[] {
  const { lines, unfinished } = segmentsInOrder(pages, notes);
  return [...lines, ...unfinished];
}

function textOf(segments: readonly Segment[]): string {
  return segments.map((segment) => markLines(segment, String(segment.bytes))).join('');
}

describe('the order of lines', () => {
  test('is that of the notes; what they do not reach follows, stdout first', () => {
    const notes = readOrder(orderFile([4, 0], [4, 4], [8, 4]), START, 1000);
    expect(textOf(inOrder(pages('a 1\na 2\na 3\n', 'b 1\nb 2\n'), notes))).toBe(
      'out| a 1\nerr| b 1\nout| a 2\nout| a 3\nerr| b 2\n',
    );
  });

  test('never puts two streams on one line', () => {
    const notes = readOrder(orderFile([2, 0], [2, 4], [6, 4]), START, 1000);
    expect(textOf(inOrder(pages('half\nx', 'err\n'), notes))).toBe('err| err\nout| half\nout| x\n');
  });

  test('survives what a job may write into the file', () => {
    const notes = readOrder(orderFile([90, 2 ** 50], [3, 1], [0, 0]), START, 1000);
    expect(textOf(inOrder(pages('one\n', 'two\n'), notes))).toBe('out| one\nerr| two\n');
    expect(readOrder(join(folder, 'none'), START, 1000)).toEqual([]);
    const torn = orderFile([1, 1]);
    writeFileSync(torn, Buffer.alloc(30));
    expect(readOrder(torn, START, 1000)).toEqual([]);
  });

  test('is found from any place, by both offsets', () => {
    const path = orderFile(...Array.from({ length: 500 }, (_, n): [number, number] => [n * 10, n]));
    const from = { stdout: 4000, stderr: 400 };
    expect(readOrder(path, from, 30)).toEqual([
      { stdout: 4010, stderr: 401 },
      { stdout: 4020, stderr: 402 },
      { stdout: 4030, stderr: 403 },
    ]);
  });
});

describe('shares of a page', () => {
  const notes = [
    { stdout: 10, stderr: 0 },
    { stdout: 10, stderr: 20 },
    { stdout: 110, stderr: 120 },
  ];

  test.each([
    [8, { stdout: 8, stderr: 0 }],
    [15, { stdout: 10, stderr: 5 }],
    [130, { stdout: 60, stderr: 70 }],
    [230, { stdout: 110, stderr: 120 }],
  ])('of %i bytes follow the order', (room, shares) => {
    expect(sharesInOrder(notes, START, room)).toEqual(shares);
  });

  test('are not known behind the last note', () => {
    expect(sharesInOrder(notes, START, 231)).toBe(null);
  });

  test('leave room for the marks', () => {
    const both = inOrder(pages('a\nb\nhalf', 'c\n'), []);
    expect(markedLength(both)).toBe(textOf(both).length);
  });
});
