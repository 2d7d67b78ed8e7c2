import { chmodSync, mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { searchFolders } from '../../../../src/python/surroundings/venv.ts';
import { scratchFolder } from '../../../support/environment-context.ts';

test('parents are searched up to, and without, the home of the user', () => {
  expect(searchFolders('/u/me/a/b', '/u/me')).toEqual(['/u/me/a/b', '/u/me/a']);
  expect(searchFolders('/u/me', '/u/me')).toEqual(['/u/me']);
});

test('elsewhere, up to and without the root', () => {
  expect(searchFolders('/srv-x/a', '/u/me')).toEqual(['/srv-x/a', '/srv-x']);
  expect(searchFolders('/', '/u/me')).toEqual(['/']);
});

test('a folder that everybody may write into is not trusted, except as the directory itself', () => {
  const shared = join(scratchFolder(), 'shared');
  mkdirSync(join(shared, 'mine/deep'), { recursive: true });
  chmodSync(shared, 0o1777);
  expect(searchFolders(join(shared, 'mine/deep'), '/u/me')).toEqual([
    join(shared, 'mine/deep'),
    join(shared, 'mine'),
  ]);
  expect(searchFolders(shared, '/u/me')).toEqual([shared, dirname(shared)]);
});
