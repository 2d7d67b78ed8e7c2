import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { recordGap } from '../../../../src/output/files/output-gap.ts';
import {
  type KnownPlace,
  type LinePlace,
  placeOfLine,
  type Wanted,
} from '../../../../src/output/search/line-place.ts';

let folder: string;
let files = 0;
beforeAll(() => void (folder = mkdtempSync(join(tmpdir(), 'python-mcp-lines-'))));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function newFile(content: string): string {
  const path = join(folder, String((files += 1)));
  writeFileSync(path, content);
  return path;
}

const BEGINNING: KnownPlace = { line: 1, offset: 0 };

function place(path: string, wanted: Wanted, known = BEGINNING): Promise<LinePlace> {
  return placeOfLine(path, wanted, known, Infinity);
}

test('a line is found by its number, and by any of its bytes', async () => {
  const path = newFile('one\ntwo\n\nfour\nopen');
  const starts = [0, 4, 8, 9, 14];
  for (const [index, offset] of starts.entries()) {
    const found = { line: index + 1, offset, next: null, exact: true };
    expect(await place(path, { line: index + 1 })).toEqual(found);
    expect(await place(path, { offset })).toEqual(found);
    const last = (starts[index + 1] ?? 18) - 1;
    expect(await place(path, { offset: last })).toEqual(found);
    for (const [earlier, from] of starts.slice(0, index + 1).entries()) {
      expect(await place(path, { offset }, { line: earlier + 1, offset: from })).toEqual(found);
    }
  }
});

test('of fewer lines the last one is told; of none the first', async () => {
  expect(await place(newFile('a\nb\n'), { line: 9 })).toMatchObject({ line: 2, offset: 2 });
  expect(await place(newFile(''), { line: 9 })).toMatchObject({ line: 1, offset: 0, next: null });
});

test('counted on in many calls it comes to the same', async () => {
  const path = newFile(Array.from({ length: 200_000 }, (_, n) => `line ${n + 1}\n`).join(''));
  const wanted = { line: 150_000 };
  const whole = await place(path, wanted);
  let calls = 0;
  let part = await placeOfLine(path, wanted, BEGINNING, -Infinity);
  for (; part.next !== null; calls += 1) {
    part = await placeOfLine(path, wanted, { line: part.line, offset: part.next }, -Infinity);
  }
  expect(part).toEqual(whole);
  expect(calls).toBeGreaterThan(3);
  expect(await place(path, { offset: whole.offset + 3 })).toEqual(whole);
});

test('behind a gap no number is exact, before it each is', async () => {
  const path = newFile(`${'head\n'.repeat(20)}${'x'.repeat(5_000)}\n${'tail\n'.repeat(20)}`);
  await recordGap(path, { from: 100, to: 5_101 });
  expect(await place(path, { offset: 99 })).toEqual({
    line: 20,
    offset: 95,
    next: null,
    exact: true,
  });
  expect(await place(path, { offset: 5_106 })).toMatchObject({ offset: 5_106, exact: false });
});
