import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { zstdDecompressSync } from 'node:zlib';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openOutput, sizeOf } from '../../../../src/output/files/output-file.ts';
import { type Gap, gapFile, readGap, recordGap } from '../../../../src/output/files/output-gap.ts';
import { packOutput } from '../../../../src/output/files/pack-output.ts';
import { packedFile } from '../../../../src/output/files/packed-file.ts';
import { readBytes, readPage, readTail } from '../../../../src/output/files/read-page.ts';

const never = new AbortController().signal;
let root: string;
beforeAll(() => void (root = mkdtempSync(join(tmpdir(), 'python-mcp-packed-'))));
afterAll(() => rmSync(root, { recursive: true, force: true }));

/** A log in a folder of its own, in which the bytes of the gap are zeros as in a real hole. */
async function newLog(content: Buffer, gap: Gap | null = null): Promise<string> {
  const path = join(mkdtempSync(join(root, 'job-')), 'stdout.log');
  const bytes = Buffer.from(content);
  if (gap) bytes.fill(0, gap.from, gap.to);
  writeFileSync(path, bytes);
  if (gap) await recordGap(path, gap);
  return path;
}

function readAll(path: string, pageBytes: number): { bytes: Buffer; skipped: Gap[] } {
  const parts: Uint8Array[] = [];
  const skipped: Gap[] = [];
  for (let at = 0; ;) {
    const page = readPage(path, at, pageBytes, true);
    if (page.bytes.length === 0) return { bytes: Buffer.concat(parts), skipped };
    if (page.skipped) skipped.push(page.skipped);
    parts.push(page.bytes);
    at = page.next;
  }
}

function without(content: Buffer, gap: Gap | null): Buffer {
  if (!gap) return content;
  return Buffer.concat([content.subarray(0, gap.from), content.subarray(gap.to)]);
}

const LINES = Buffer.from(
  Array.from({ length: 12_000 }, (_, line) => `line ${line} of a log, näher als 😀\n`).join(''),
);

const slice = fc
  .tuple(fc.nat(LINES.length), fc.nat(LINES.length))
  .map(([a, b]) => LINES.subarray(Math.min(a, b), Math.max(a, b)));
const holes = fc.option(fc.tuple(fc.double({ min: 0, max: 1, noNaN: true }), fc.nat(100_000)));

describe('output at rest', () => {
  test('reads as it did before, at any offset, with and without a gap', async () => {
    await fc.assert(
      fc.asyncProperty(
        slice,
        holes,
        fc.integer({ min: 4, max: 90_000 }),
        async (content, hole, size) => {
          const from = hole ? Math.floor(hole[0] * content.length) : 0;
          const to = hole ? Math.min(content.length, from + hole[1]) : 0;
          const gap = to > from ? { from, to } : null;
          const path = await newLog(content, gap);
          const pageSize = Math.max(size, Math.ceil(content.length / 50));
          const offsets = [0, from - 1, from, to - 1, to, content.length - 5, Math.floor(size / 2)];
          const look = () => ({
            all: readAll(path, pageSize),
            tail: readTail(path, size, true),
            size: sizeOf(path),
            pieces: offsets.map((at) => [
              readPage(path, Math.max(0, at), 100, true),
              Buffer.from(readBytes(path, Math.max(0, at), 100)),
            ]),
          });
          const before = look();
          expect(before.all.bytes.equals(without(content, gap))).toBe(true);
          expect(await packOutput(path, never)).toBe(true);
          expect(existsSync(path) || existsSync(gapFile(path))).toBe(false);
          expect(look()).toEqual(before);
        },
      ),
      { numRuns: 25 },
    );
  }, 60_000);

  test('is a file that any zstd can unpack', async () => {
    const path = await newLog(LINES);
    await packOutput(path, never);
    expect(zstdDecompressSync(readFileSync(packedFile(path))).equals(LINES)).toBe(true);
  });

  test('an empty log packs to an empty log', async () => {
    const path = await newLog(Buffer.alloc(0));
    await packOutput(path, never);
    expect(readPage(path, 0, 100, true)).toMatchObject({ from: 0, next: 0, size: 0 });
  });

  test('a damaged file is told, not shown', async () => {
    const path = await newLog(LINES);
    await packOutput(path, never);
    truncateSync(packedFile(path), 1000);
    expect(() => readPage(path, 0, 100, true)).toThrow(/damaged: it has no index/);
  });

  test('stops when asked to, and leaves the log as it was', async () => {
    const path = await newLog(LINES);
    const stopped = AbortSignal.abort(new Error('closing'));
    await expect(packOutput(path, stopped)).rejects.toThrow('closing');
    expect(readdirSync(join(path, '..'))).toEqual(['stdout.log']);
    expect(readFileSync(path).equals(LINES)).toBe(true);
  });
});

describe('a gap', () => {
  const content = Buffer.from('0123456789'.repeat(10));

  test('is skipped by pages, and named by the first page behind it', async () => {
    const path = await newLog(content, { from: 20, to: 60 });
    expect(readPage(path, 10, 100, true)).toMatchObject({ from: 10, next: 20, size: 100 });
    const behind = readPage(path, 20, 100, true);
    expect(behind).toMatchObject({ from: 60, next: 100, skipped: { from: 20, to: 60 } });
    expect(behind.bytes.length).toBe(40);
    expect(readPage(path, 33, 10, true)).toMatchObject({ from: 60, skipped: { from: 33, to: 60 } });
    expect(readPage(path, 60, 10, true)).not.toHaveProperty('skipped');
  });

  test('never shows in the tail, however long a tail is asked for', async () => {
    const path = await newLog(content, { from: 20, to: 60 });
    expect(readTail(path, 90, true)).toMatchObject({ from: 60, next: 100 });
    expect(readTail(path, 10, true)).toMatchObject({ from: 90, next: 100 });
  });

  test('ends exact reads before it', async () => {
    const path = await newLog(content, { from: 20, to: 60 });
    expect(Buffer.from(readBytes(path, 15, 50)).toString()).toBe('56789');
    expect(readBytes(path, 30, 50).length).toBe(0);
  });

  test('is the widest that was recorded, whatever came later', async () => {
    const path = await newLog(content);
    expect(readGap(path)).toBe(null);
    await recordGap(path, { from: 20, to: 60 });
    await recordGap(path, { from: 20, to: 40 });
    expect(readGap(path)).toEqual({ from: 20, to: 60 });
    for (let to = 61; to < 200; to++) await recordGap(path, { from: 20, to });
    expect(readGap(path)).toEqual({ from: 20, to: 199 });
  });

  test('whose record was torn by a power cut is not believed', async () => {
    const path = await newLog(content);
    writeFileSync(gapFile(path), '20 6');
    expect(readGap(path)).toBe(null);
  });
});

test('who has opened a log that is packed then still knows what is gone of it', async () => {
  const gap = { from: 1_000, to: 200_000 };
  const path = await newLog(LINES, gap);
  const opened = openOutput(path);
  expect(await packOutput(path, never)).toBe(true);
  expect(existsSync(gapFile(path))).toBe(false);
  expect(opened?.gap()).toEqual(gap);
  opened?.close();
});
