/** Looking for a pattern in new output takes no longer than it may, and goes on where it was. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { START } from '../../../../src/core/cursor.ts';
import { PatternSearch } from '../../../../src/jobs/read/until-pattern.ts';
import { type JobFolder, jobFolder, STREAMS } from '../../../../src/output/files/job-folder.ts';

const LINE = 'a line of output\n';
const LINES = 1_000_000;

let home = '';
let folder: JobFolder;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'pattern-search-'));
  folder = jobFolder(home, 'job');
  mkdirSync(folder.root);
  writeFileSync(folder.stdout, LINE.repeat(LINES));
  writeFileSync(folder.stderr, 'Needle\n');
});
afterEach(() => rmSync(home, { recursive: true }));

test('a search that is out of time says what is left, and goes on there', async () => {
  const search = new PatternSearch('(?i)n[e]edle', folder, ['stdout'], START);
  expect(await search.search(performance.now())).toBeNull();
  expect(search.left).toMatch(/^stdout from byte [1-9]\d*$/);
  expect(await search.search(Infinity)).toBeNull();
  expect(search.left).toBeNull();
});

test('a large stream leaves time for the other one', async () => {
  const search = new PatternSearch('(?i)n[e]edle', folder, STREAMS, START);
  expect(await search.search(performance.now() + 20)).toEqual({
    stream: 'stderr',
    offset: 0,
    line: 'Needle',
  });
});
