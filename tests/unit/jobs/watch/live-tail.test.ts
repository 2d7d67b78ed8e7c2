import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { LiveTail } from '../../../../src/jobs/watch/live-tail.ts';

function tailOfNewFile() {
  const folder = mkdtempSync(join(tmpdir(), 'live-tail-'));
  const path = join(folder, 'stdout.log');
  const tail = new LiveTail(path);
  onTestFinished(() => {
    tail.close();
    rmSync(folder, { recursive: true, force: true });
  });
  const newestFrom = (offset: number) => tail.newestFrom(offset)?.toString();
  return { path, tail, newestFrom };
}

test('what is added is there once, and nothing is before there is a file', () => {
  const { path, tail, newestFrom } = tailOfNewFile();
  expect(tail.hasGrown()).toBe(false);
  writeFileSync(path, 'one\n');
  expect([tail.hasGrown(), tail.end, tail.hasGrown()]).toEqual([true, 4, false]);
  expect([newestFrom(0), newestFrom(1), newestFrom(4)]).toEqual(['one\n', undefined, undefined]);
  const first = tail.newestFrom(0);
  appendFileSync(path, 'two\n');
  expect([tail.hasGrown(), tail.end]).toEqual([true, 8]);
  expect([newestFrom(0), newestFrom(4)]).toEqual([undefined, 'two\n']);
  expect(first?.toString()).toBe('one\n'); // whoever took it keeps it
});

test('half a character waits for its other half', () => {
  const { path, tail, newestFrom } = tailOfNewFile();
  const [first, second] = Buffer.from('é');
  writeFileSync(path, Buffer.from([0x61, first as number]));
  expect([tail.hasGrown(), tail.end, tail.hasGrown()]).toEqual([true, 1, false]);
  appendFileSync(path, Buffer.from([second as number]));
  expect([tail.hasGrown(), tail.end, newestFrom(1)]).toEqual([true, 3, 'é']);
});

test('a flood, and output of which a part is gone, are left to pages', () => {
  const { path, tail, newestFrom } = tailOfNewFile();
  writeFileSync(path, 'one\n');
  expect([tail.hasGrown(), newestFrom(0)]).toEqual([true, 'one\n']);
  appendFileSync(path, 'x'.repeat(100_000));
  expect([tail.hasGrown(), tail.end]).toEqual([true, 100_004]);
  expect([newestFrom(0), newestFrom(4), newestFrom(100_004)]).toEqual(Array(3));
  appendFileSync(path, '\0\0\0\0late');
  writeFileSync(`${path}.gap`, `${'90000 100008'.padEnd(31)}\n`);
  expect([tail.hasGrown(), tail.end, newestFrom(100_004)]).toEqual([true, 100_012, undefined]);
});

test('zeros that a script wrote are output', () => {
  const { path, tail, newestFrom } = tailOfNewFile();
  writeFileSync(path, '\0\0\n');
  expect([tail.hasGrown(), newestFrom(0)]).toEqual([true, '\0\0\n']);
});

test('what is no plain file does not grow', () => {
  const tail = new LiveTail(tmpdir());
  expect(tail.hasGrown()).toBe(false);
});
