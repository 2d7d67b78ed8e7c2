/** Which growth of output is a completed line, and which is only drawn over again. */
import { appendFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { NewLines } from '../../../../src/jobs/read/new-lines.ts';
import { type JobFolder, jobFolder } from '../../../../src/output/files/job-folder.ts';

let home = '';
let folder: JobFolder;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'new-lines-'));
  folder = jobFolder(home, 'job');
  mkdirSync(folder.root);
  writeFileSync(folder.stdout, 'seen\n');
  writeFileSync(folder.stderr, '');
});
afterEach(() => rmSync(home, { recursive: true }));

const lines = (): NewLines => new NewLines(folder, { stdout: 5, stderr: 0 });

test('a line counts when it is complete, wherever it began', () => {
  const news = lines();
  appendFileSync(folder.stdout, 'half');
  expect(news.haveCome()).toBe(false);
  appendFileSync(folder.stdout, ' and half\n');
  expect(news.haveCome()).toBe(true);
});

test('bars that are drawn again complete none, also when a sequence is cut in two', () => {
  const news = lines();
  appendFileSync(folder.stderr, '\r10%\r20%\n\n inner\x1b[');
  expect(news.haveCome()).toBe(true);
  appendFileSync(folder.stderr, '2A');
  expect(news.haveCome()).toBe(false);
  appendFileSync(folder.stderr, '\ndone\x1b[A\n');
  expect(news.haveCome()).toBe(true);
});

test('a flood of redraws is looked at in pieces', () => {
  const news = lines();
  appendFileSync(folder.stderr, '\r99%'.repeat(20_000));
  expect(news.haveCome()).toBeNull();
  expect(news.haveCome()).toBe(false);
});
