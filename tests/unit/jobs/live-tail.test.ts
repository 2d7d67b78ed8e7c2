import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { LiveTail } from '../../../src/jobs/live-tail.ts';
import { SharedPages } from '../../../src/jobs/shared-pages.ts';

function tailOfNewFile() {
  const folder = mkdtempSync(join(tmpdir(), 'live-tail-'));
  const path = join(folder, 'stdout.log');
  const pages = new SharedPages();
  const tail = new LiveTail(path, pages);
  onTestFinished(() => {
    tail.close();
    rmSync(folder, { recursive: true, force: true });
  });
  const textAt = (from: number) => Buffer.from(pages.read(path, from, false).bytes).toString();
  return { path, tail, textAt };
}

test('what is added is there once, and nothing is before there is a file', () => {
  const { path, tail, textAt } = tailOfNewFile();
  expect(tail.hasGrown()).toBe(false);
  writeFileSync(path, 'one\n');
  expect([tail.hasGrown(), tail.end, tail.hasGrown()]).toEqual([true, 4, false]);
  appendFileSync(path, 'two\n');
  expect([tail.hasGrown(), tail.end]).toEqual([true, 8]);
  // Each as it came: the second was there when the first was asked for.
  expect([textAt(0), textAt(4)]).toEqual(['one\n', 'two\n']);
});

test('half a character waits for its other half', () => {
  const { path, tail, textAt } = tailOfNewFile();
  const [first, second] = Buffer.from('é');
  writeFileSync(path, Buffer.from([0x61, first as number]));
  expect([tail.hasGrown(), tail.end, tail.hasGrown()]).toEqual([true, 1, false]);
  appendFileSync(path, Buffer.from([second as number]));
  expect([tail.hasGrown(), tail.end, textAt(1)]).toEqual([true, 3, 'é']);
});

test('a flood, and output of which a part is gone, are left to pages', () => {
  const { path, tail, textAt } = tailOfNewFile();
  writeFileSync(path, 'x'.repeat(100_000));
  expect([tail.hasGrown(), tail.end]).toEqual([true, 100_000]);
  appendFileSync(path, '\0\0\0\0late');
  writeFileSync(`${path}.gap`, `${'90000 100004'.padEnd(31)}\n`);
  expect([tail.hasGrown(), tail.end]).toEqual([true, 100_008]);
  expect(textAt(100_000)).toBe('late');
});

test('what is no plain file does not grow', () => {
  const tail = new LiveTail(tmpdir(), new SharedPages());
  expect(tail.hasGrown()).toBe(false);
});
