import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Cursor, START } from '../../../src/core/cursor.ts';
import type { Job } from '../../../src/core/job.ts';
import { readOutput } from '../../../src/jobs/read-output.ts';
import { createJobFolder, jobFolder, type JobFolder } from '../../../src/output/job-folder.ts';

const MB = 1_000_000;
let root: string;
let folder: JobFolder;
let stdout: Buffer;
let stderr: Buffer;

/** 10 MB of lines of many lengths with characters of all widths, and a little of the other stream. */
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'python-mcp-budgets-'));
  folder = jobFolder(root, 'job');
  createJobFolder(folder);
  const lines: string[] = [];
  for (let length = 0, n = 0; length < 10 * MB; n += 1) {
    const line = `${n} ${'aé€😀'.repeat((n * 7) % 40)}\n`;
    lines.push(line);
    length += Buffer.byteLength(line);
  }
  stdout = Buffer.from(lines.join(''));
  stderr = Buffer.from('warning\n'.repeat(50_000));
  writeFileSync(folder.stdout, stdout);
  writeFileSync(folder.stderr, stderr);
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

const ended = { id: 'job', state: { name: 'completed', outcome: { kind: 'exited', code: 0 } } };

function readAll(maxBytes: number, raw: boolean): { stdout: Buffer; stderr: Buffer } {
  const parts: Record<'stdout' | 'stderr', Uint8Array[]> = { stdout: [], stderr: [] };
  let cursor: Cursor = START;
  for (;;) {
    const request = { cursor, stream: 'both' as const, maxBytes, tail: false, raw };
    const { pages, next, atEnd } = readOutput(ended as Job, folder, request);
    const length = pages.reduce((sum, { page }) => sum + page.bytes.length, 0);
    if (length > maxBytes + 4) throw new Error(`a page of ${length} bytes`);
    for (const { stream, page } of pages) parts[stream].push(page.bytes);
    cursor = next;
    if (atEnd) return { stdout: Buffer.concat(parts.stdout), stderr: Buffer.concat(parts.stderr) };
    if (length === 0) throw new Error(`stands still at ${JSON.stringify(cursor)}`);
  }
}

test.each([200, 997, 4096, 8191, 39_999, 40_000])(
  'a reader with pages of %i bytes gets all of 10 MB to the end',
  (maxBytes) => {
    for (const raw of maxBytes < 1000 ? [false] : [true, false]) {
      const read = readAll(maxBytes, raw);
      expect(read.stdout.equals(stdout)).toBe(true);
      expect(read.stderr.equals(stderr)).toBe(true);
    }
  },
  120_000,
);
