import { execFileSync } from 'node:child_process';
import { closeSync, constants, mkdirSync, openSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openSafely } from '../../../src/os/safe-open.ts';
import { scratchFolder } from '../../support/environment-context.ts';

function isOpened(...args: Parameters<typeof openSafely>): boolean {
  const opened = openSafely(...args);
  if (opened) closeSync(opened.fd);
  return opened !== null;
}

test('only a plain file is opened for reading, and a link where it is the user’s own', () => {
  const folder = scratchFolder();
  const path = (name: string): string => join(folder, name);
  writeFileSync(path('file'), 'text');
  mkdirSync(path('folder'));
  execFileSync('mkfifo', [path('pipe')]);
  symlinkSync(path('file'), path('link'));
  symlinkSync(path('link-loop'), path('link-loop'));
  const names = ['file', 'folder', 'pipe', 'link', 'link-loop', 'none', 'file/below'];
  expect(names.filter((name) => isOpened(path(name)))).toEqual(['file']);
  expect(isOpened(path('link'), 'file', 'followed')).toBe(true);
});

test('only a pipe that somebody reads is opened for writing', () => {
  const folder = scratchFolder();
  const path = (name: string): string => join(folder, name);
  writeFileSync(path('file'), 'text');
  execFileSync('mkfifo', [path('pipe')]);
  expect([isOpened(path('file'), 'fifo'), isOpened(path('pipe'), 'fifo')]).toEqual([false, false]);
  const reader = openSync(path('pipe'), constants.O_RDONLY | constants.O_NONBLOCK);
  expect(isOpened(path('pipe'), 'fifo')).toBe(true);
  closeSync(reader);
});
