import fc from 'fast-check';
import { randomBytes } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { AreaScaler } from '../../../../src/output/pictures/area-scaler.ts';
import { fitPng, type FittedPng } from '../../../../src/output/pictures/fit-png.ts';
import { readPngHeader } from '../../../../src/output/pictures/png-chunks.ts';
import { decodePng } from '../../../../src/output/pictures/png-decode.ts';
import { encodePng } from '../../../../src/output/pictures/png-encode.ts';
import { makePng, pngChunk, sourceOf } from '../../../support/png.ts';

const never = new AbortController().signal;

async function pixelsOf(file: Buffer): Promise<number[]> {
  const source = sourceOf(file);
  const rows: number[] = [];
  await decodePng(source, readPngHeader(source), never, (row) => rows.push(...row));
  return rows;
}

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

describe('reading pixels', () => {
  test.each<[string, number, number, number[], number[]]>([
    ['grey of 1 bit', 0, 1, [0b10000000], [255, 255, 255, 255, 0, 0, 0, 255]],
    ['grey of 2 bits', 0, 2, [0b01100000], [85, 85, 85, 255, 170, 170, 170, 255]],
    ['grey of 4 bits', 0, 4, [0x1f], [17, 17, 17, 255, 255, 255, 255, 255]],
    ['grey', 0, 8, [7, 200], [7, 7, 7, 255, 200, 200, 200, 255]],
    ['grey of 16 bits', 0, 16, [7, 99, 200, 1], [7, 7, 7, 255, 200, 200, 200, 255]],
    ['colours', 2, 8, [1, 2, 3, 4, 5, 6], [1, 2, 3, 255, 4, 5, 6, 255]],
    ['indexes of 4 bits', 3, 4, [0x12], [40, 50, 60, 9, 70, 80, 90, 255]],
    ['grey with alpha', 4, 8, [7, 100, 200, 0], [7, 7, 7, 100, 200, 200, 200, 0]],
    ['colours with alpha', 6, 8, [1, 2, 3, 4, 5, 6, 7, 8], [1, 2, 3, 4, 5, 6, 7, 8]],
  ])('of %s', async (_what, colour, depth, row, expected) => {
    const palette = [0, 0, 0, 40, 50, 60, 70, 80, 90];
    const extra = [
      pngChunk('PLTE', Buffer.from(palette)),
      ...(colour === 3 ? [pngChunk('tRNS', Buffer.from([255, 9]))] : []),
    ];
    const rows = Buffer.from([0, ...row]);
    const file = makePng({ width: 2, height: 1, depth, colour, rows, extra });
    expect(await pixelsOf(file)).toEqual(expected);
  });

  test('undoes every filter', async () => {
    const plain = [10, 20, 250, 5];
    const rows = [
      [0, ...plain],
      [1, 10, 10, 230, 11], // left
      [2, 0, 0, 0, 0], // above
      [3, 5, 5, 115, 134], // mean of both
      [4, 0, 0, 0, 0], // the nearest
    ];
    const file = makePng({ width: 4, height: 5, colour: 0, rows: Buffer.from(rows.flat()) });
    const grey = (await pixelsOf(file)).filter((_, i) => i % 4 === 0);
    expect(grey).toEqual([plain, plain, plain, plain, plain].flat());
  });

  test('gives back what was written, of any size, opaque or not', async () => {
    const size = fc.integer({ min: 1, max: 40 });
    const picture = fc.record({ width: size, height: size, opaque: fc.boolean() });
    await fc.assert(
      fc.asyncProperty(picture, async ({ width, height, opaque }) => {
        const rgba = new Uint8Array(randomBytes(width * height * 4));
        if (opaque) for (let i = 3; i < rgba.length; i += 4) rgba[i] = 255;
        const file = await encodePng({ width, height, rgba }, never);
        expect(await pixelsOf(file)).toEqual([...rgba]);
      }),
      { numRuns: 50 },
    );
  });
});

describe('scaling', () => {
  function scale(rgba: number[][], from: number, to: { width: number; height: number }) {
    const scaler = new AreaScaler({ width: from, height: rgba.length }, to);
    for (const row of rgba) scaler.addRow(Uint8Array.from(row));
    return [...scaler.result().rgba];
  }
  const opaque = (...greys: number[]) => greys.flatMap((grey) => [grey, grey, grey, 255]);

  test('averages what a pixel covers, parts of pixels included', () => {
    const rows = [opaque(0, 90, 180), opaque(0, 90, 180), opaque(30, 120, 210)];
    expect(scale(rows, 3, { width: 1, height: 1 })).toEqual(opaque(100));
    expect(scale(rows, 3, { width: 2, height: 1 })).toEqual(opaque(40, 160));
    expect(scale(rows, 3, { width: 3, height: 2 })).toEqual(opaque(0, 90, 180, 20, 110, 200));
  });

  test('gives what is transparent no colour', () => {
    const row = [200, 100, 50, 255, 0, 255, 0, 0];
    expect(scale([row], 2, { width: 1, height: 1 })).toEqual([200, 100, 50, 128]);
  });

  test('of one colour leaves that colour, whatever the sizes', () => {
    const size = fc.integer({ min: 1, max: 60 });
    fc.assert(
      fc.property(size, size, size, size, (a, b, c, d) => {
        const [from, to] = [
          { width: Math.max(a, b), height: Math.max(c, d) },
          { width: Math.min(a, b), height: Math.min(c, d) },
        ];
        const row = Array.from({ length: from.width }, () => [9, 99, 199, 77]).flat();
        const scaled = scale(
          Array.from({ length: from.height }, () => row),
          from.width,
          to,
        );
        const expected = Array.from({ length: to.width * to.height }, () => [9, 99, 199, 77]);
        expect(scaled).toEqual(expected.flat());
      }),
    );
  });
});

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
      expect(readPngHeader(sourceOf(fitted.data))).toMatchObject(fitted.size);
      expect(await pixelsOf(fitted.data)).toHaveLength(fitted.size.width * fitted.size.height * 4);
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
  test.each<[string, Buffer, string]>([
    ['is cut off anywhere', whole.subarray(0, -20), 'is cut short'],
    ['has no header', Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'), 'has no header'],
    ['is interlaced', makePng({ width: 10, height: 10, rows, interlaced: true }), 'is interlaced'],
    [
      'has no depth that exists',
      makePng({ width: 1, height: 1, depth: 3, rows }),
      'has a header that means nothing',
    ],
    ['has a flipped bit', flipped(whole, 45), 'is damaged'],
    [
      'has too few rows',
      makePng({ width: 10, height: 10, rows: rows.subarray(31) }),
      'is cut short',
    ],
    [
      'inflates to more than it says',
      makePng({ width: 10, height: 10, rows: Buffer.alloc(50_000_000) }),
      'has more pixels than it says',
    ],
    [
      'has a filter that does not exist',
      makePng({ width: 1, height: 1, rows: Buffer.from([9, 1, 2, 3]) }),
      'is damaged',
    ],
    ['has no pixels', makePng({ width: 10, height: 10, rows: Buffer.alloc(0) }), 'is cut short'],
  ])('that %s is not given', async (_what, file, problem) => {
    expect(await problemOf(file)).toBe(problem);
  });

  test('cut off at any byte is never given, nor does it throw', async () => {
    for (let length = 0; length < whole.length - 12; length++) {
      expect(await problemOf(whole.subarray(0, length))).not.toBe('none');
    }
  });
});

function flipped(file: Buffer, at: number): Buffer {
  const copy = Buffer.from(file);
  copy[at] = (copy[at] ?? 0) ^ 1;
  return copy;
}
