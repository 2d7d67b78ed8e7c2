import { randomBytes } from 'node:crypto';
import { PNG } from 'pngjs';
import { describe, expect, test } from 'vitest';
import { fitPng, type FittedPng } from '../../../../src/output/pictures/fit-png.ts';
import { makePng, pngChunk, sourceOf } from '../../../support/png.ts';

const never = new AbortController().signal;

function fit(file: Buffer, bytes = 150_000, signal: AbortSignal = never): Promise<FittedPng> {
  return fitPng(sourceOf(file), { bytes, edge: 2000, signal });
}

async function problemOf(file: Buffer): Promise<string> {
  const fitted = await fit(file);
  return 'problem' in fitted ? fitted.problem : 'none';
}

/** Rows without a filter, each from `bytesPerRow` bytes. */
function unfiltered(height: number, rowOf: (y: number) => Uint8Array): Buffer {
  return Buffer.concat(
    Array.from({ length: height }, (_, y) => [Buffer.alloc(1), rowOf(y)]).flat(),
  );
}

function noise(width: number, height: number): Buffer {
  return makePng({ width, height, rows: unfiltered(height, () => randomBytes(width * 3)) });
}

describe('a picture', () => {
  test('that fits is given as it is', async () => {
    const file = noise(100, 50);
    const size = { width: 100, height: 50 };
    expect(await fit(file)).toEqual({ data: file, size, original: size });
  });

  test.each([150_000, 20_000, 1_000])(
    'that does not fit is made to fit %i bytes',
    async (bytes) => {
      const fitted = await fit(noise(640, 480), bytes);
      if ('problem' in fitted) throw new Error(fitted.problem);
      expect(fitted.data.length).toBeLessThanOrEqual(bytes);
      expect(fitted.data.length).toBeGreaterThan(bytes / 4);
      expect(fitted.original).toEqual({ width: 640, height: 480 });
      expect(PNG.sync.read(fitted.data)).toMatchObject(fitted.size);
    },
  );

  test('of few bytes and long sides is made smaller', async () => {
    const rows = unfiltered(2, () => Buffer.alloc(3 * 3000));
    const fitted = await fit(makePng({ width: 3000, height: 2, rows }));
    expect(fitted).toMatchObject({ size: { width: 1568, height: 1 } });
  });

  test('of too many pixels is not looked into', async () => {
    const rows = Buffer.alloc(0);
    const claims = (width: number, height: number) => makePng({ width, height, rows });
    expect(await problemOf(claims(8000, 8000))).toBe('is too large (8000×8000 pixels)');
    expect(await problemOf(claims(40_000, 1))).toBe('is too large (40000×1 pixels)');
  });

  test('that takes too long is given up', async () => {
    const signal = AbortSignal.abort();
    expect(await fit(noise(640, 480), 1000, signal)).toEqual({
      problem: 'takes too long to be made small enough',
    });
  });

  const rows = unfiltered(10, () => Buffer.alloc(30, 5));
  const whole = makePng({ width: 10, height: 10, rows });
  test('that is interlaced is not given', async () => {
    const file = makePng({ width: 10, height: 10, rows, interlaced: true });
    expect(await problemOf(file)).toBe('is interlaced');
  });

  test.each<[string, Buffer]>([
    ['is cut off', whole.subarray(0, -20)],
    ['has no header', Buffer.from('\x89PNG\r\n\x1a\n', 'latin1')],
    ['has no depth that exists', makePng({ width: 1, height: 1, depth: 3, rows })],
    ['has a flipped bit', flipped(whole, 45)],
    ['has too few rows', makePng({ width: 10, height: 10, rows: rows.subarray(31) })],
    ['has no such filter', makePng({ width: 1, height: 1, rows: Buffer.from([9, 1, 2, 3]) })],
    ['has no pixels', makePng({ width: 10, height: 10, rows: Buffer.alloc(0) })],
    ['says of a part that it is endless', withLength(whole, 33, 0x7fffffff)],
    ['has two headers', makePng({ width: 1, height: 1, rows, extra: [HUGE_HEADER] })],
  ])('that %s is not given', async (_what, file) => {
    expect(await problemOf(file)).toBe('is cut short or damaged');
  });

  test('cut off anywhere is never given, nor does it throw', { timeout: 60_000 }, async () => {
    const large = noise(300, 200);
    const parts = Buffer.concat([large.subarray(0, 33), ...splitData(large), END]);
    expect(await problemOf(parts)).toBe('none');
    const lengths = Array.from({ length: 15 }, (_, i) => Math.floor((i * parts.length) / 15));
    for (const length of [...lengths, parts.length - 12, parts.length - 1]) {
      expect(await problemOf(parts.subarray(0, length))).not.toBe('none');
    }
  });

  test('that breaks the worker takes nothing else with it', async () => {
    const [, good] = await Promise.all([fit(withLength(whole, 33, 0x7fffffff)), fit(whole)]);
    expect(good).toMatchObject({ size: { width: 10, height: 10 } });
  });
});

const END = pngChunk('IEND', Buffer.alloc(0));
/** Of a second header, which the limits have not seen. */
const HUGE_HEADER = pngChunk(
  'IHDR',
  Buffer.from('0000c3500000c350080600000000', 'hex').subarray(0, 13),
);

function flipped(file: Buffer, at: number): Buffer {
  const copy = Buffer.from(file);
  copy[at] = (copy[at] ?? 0) ^ 1;
  return copy;
}

function withLength(file: Buffer, at: number, length: number): Buffer {
  const copy = Buffer.from(file);
  copy.writeUInt32BE(length, at);
  return copy;
}

/** The one data chunk of a file as many, which is how most programs write them. */
function splitData(file: Buffer): Buffer[] {
  const content = file.subarray(33 + 8, -12 - 4);
  const step = 8192;
  const starts = Array.from({ length: Math.ceil(content.length / step) }, (_, i) => i * step);
  return starts.map((start) => pngChunk('IDAT', content.subarray(start, start + step)));
}
