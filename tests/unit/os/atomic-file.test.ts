import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { makeAtomic, writeAtomic } from '../../../src/os/atomic-file.ts';
import { scratchFolder } from '../../support/environment-context.ts';

test('a file is replaced as a whole, with its mode, and nothing stays beside it', () => {
  const folder = scratchFolder();
  const path = join(folder, 'file');
  writeFileSync(path, 'old');
  writeAtomic(path, 'new', { mode: 0o666, durable: true });
  expect(readFileSync(path, 'utf8')).toBe('new');
  expect(statSync(path).mode & 0o777).toBe(0o666);
  expect(readdirSync(folder)).toEqual(['file']);
});

test('one that is there already is kept when it is not to be replaced', () => {
  const folder = scratchFolder();
  const path = join(folder, 'file');
  writeAtomic(path, 'first', { replace: false });
  expect(() => writeAtomic(path, 'second', { replace: false })).toThrow('EEXIST');
  expect(readFileSync(path, 'utf8')).toBe('first');
  expect(readdirSync(folder)).toEqual(['file']);
});

test('what cannot be put in its place leaves nothing behind', async () => {
  const folder = scratchFolder();
  const path = join(folder, 'taken');
  mkdirSync(join(path, 'inside'), { recursive: true });
  expect(() => writeAtomic(path, 'text')).toThrow();
  const make = async (aside: string): Promise<void> => mkdirSync(aside);
  await expect(makeAtomic(path, make)).rejects.toThrow();
  const failing = makeAtomic(join(folder, 'other'), async (aside) => {
    mkdirSync(aside);
    throw new Error('half way');
  });
  await expect(failing).rejects.toThrow('half way');
  expect(readdirSync(folder)).toEqual(['taken']);
});
