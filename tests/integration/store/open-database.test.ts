/** Servers that meet in a new home: none is turned away because another one is opening it, too. */
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, onTestFinished, test } from 'vitest';

const PROGRAM = join(import.meta.dirname, 'open-child.ts');

test('a new database is opened by several processes at once', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'python-mcp-open-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const start = String(Date.now() + 1_000);
  const open = () => promisify(execFile)(process.execPath, [PROGRAM, folder, start]);
  const opened = await Promise.allSettled([open(), open(), open()]);
  expect(opened.map((result) => ('reason' in result ? String(result.reason) : 'opened'))).toEqual([
    'opened',
    'opened',
    'opened',
  ]);
});
