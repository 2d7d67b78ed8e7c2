import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { tryLock } from '../../../src/os/pid-file.ts';
import { processIdentity } from '../../../src/python/build/process-identity.ts';
import { scratchFolder } from '../../support/environment-context.ts';

test('one holder at a time, and nothing stays behind', async () => {
  const folder = scratchFolder();
  const file = join(folder, 'lock');
  const tries = await Promise.all(Array.from({ length: 20 }, () => tryLock(file)));
  const held = tries.filter((lock) => lock !== null);
  expect(held).toHaveLength(1);
  expect(await tryLock(file)).toBeNull();
  await held[0]!.release();
  expect(readdirSync(folder)).toEqual([]);
  expect(await tryLock(file)).not.toBeNull();
});

test.each([
  ['a process that is gone', '999999999 1 x\ntoken'],
  ['another process with the same pid', `${process.pid} 1 x\ntoken`],
  ['nobody', ''],
  ['garbage', '\u0000garbage'],
])('a lock of %s is taken over', async (_who, content) => {
  const file = join(scratchFolder(), 'lock');
  writeFileSync(file, content);
  expect(await tryLock(file)).not.toBeNull();
});

test('a process is told from others by when it started', async () => {
  const own = await processIdentity(process.pid);
  expect(own).toMatch(new RegExp(`^${process.pid} \\d+ `));
  expect(await processIdentity(process.pid)).toBe(own);
  expect(await processIdentity(process.ppid)).not.toBe(own);
  expect(await processIdentity(999_999_999)).toBeNull();
});
