import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readOutputWindow } from '../../../../src/output/files/output-window.ts';

let folder: string;
let path: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'python-mcp-window-'));
  path = join(folder, 'stdout.log');
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function windowOf(text: string, maxBytes: number, ended = true) {
  writeFileSync(path, text);
  return readOutputWindow(path, maxBytes, ended);
}

test('output that fits is shown whole', () => {
  const whole = { text: 'a\nb\n', bytes: 4, next: 4, wholeTo: 4, truncated: false };
  expect(windowOf('a\nb\n', 6)).toEqual(whole);
});

test('the middle of longer output is left out, and the marker counts it', () => {
  const { text, truncated, bytes, next } = windowOf('0123456789'.repeat(300), 1_000);
  expect({ truncated, bytes, next }).toEqual({ truncated: true, bytes: 3_000, next: 3_000 });
  const [, head = '', left, from, to, tail = ''] =
    /^(\d+)\n\[… (\d+) bytes left out: bytes (\d+)–(\d+) of 3000 …\]\n(\d+)$/.exec(text) ?? [];
  expect([Number(from), Number(to)]).toEqual([head.length, 3_000 - tail.length]);
  expect(Number(left)).toBe(3_000 - head.length - tail.length);
});

test('the marker is within the budget, and short where that is small', () => {
  for (const budget of [50, 100, 400, 799, 800, 1_000, 2_000]) {
    const { text } = windowOf('"\\n'.repeat(3_000), budget);
    expect(Buffer.byteLength(JSON.stringify(text)) - 2).toBeLessThanOrEqual(budget);
    expect(text).toMatch(budget < 800 ? / bytes left out …\]/ : / bytes left out: bytes /);
  }
});

test('neither side of the gap shows a broken character', () => {
  for (let size = 12; size < 40; size += 1) {
    expect(windowOf('😀€é'.repeat(40), size).text).not.toContain('\u{fffd}');
  }
});

test('half a character at the end waits while the job runs', () => {
  writeFileSync(path, Buffer.from('ab€').subarray(0, 4));
  expect(readOutputWindow(path, 100, false)).toMatchObject({ text: 'ab', next: 2 });
  expect(readOutputWindow(path, 100, true)).toMatchObject({ text: 'ab\u{fffd}', next: 4 });
});

test('redraws and control sequences do not reach the reader', () => {
  expect(windowOf('\u001b[31mred\u001b[0m\n10%\r20%\rdone\n', 1000).text).toBe('red\ndone\n');
});

test('a file that does not exist yet is an empty window', () => {
  const none = { text: '', bytes: 0, next: 0, wholeTo: 0, truncated: false };
  expect(readOutputWindow(join(folder, 'none'), 100, false)).toEqual(none);
});
