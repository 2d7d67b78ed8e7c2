import fc from 'fast-check';
import { expect, test } from 'vitest';
import { scale } from '../../../../src/output/pictures/scale.ts';

interface Size {
  width: number;
  height: number;
}

function scaled(rows: number[][], width: number, to: Size): number[] {
  return [...scale({ width, height: rows.length, data: Uint8Array.from(rows.flat()) }, to)];
}
const opaque = (...greys: number[]) => greys.flatMap((grey) => [grey, grey, grey, 255]);

test('averages what a pixel covers, parts of pixels included', () => {
  const rows = [opaque(0, 90, 180), opaque(0, 90, 180), opaque(30, 120, 210)];
  expect(scaled(rows, 3, { width: 1, height: 1 })).toEqual(opaque(100));
  expect(scaled(rows, 3, { width: 2, height: 1 })).toEqual(opaque(40, 160));
  expect(scaled(rows, 3, { width: 3, height: 2 })).toEqual(opaque(0, 90, 180, 20, 110, 200));
});

test('gives what is transparent no colour', () => {
  const row = [200, 100, 50, 255, 0, 255, 0, 0];
  expect(scaled([row], 2, { width: 1, height: 1 })).toEqual([200, 100, 50, 128]);
});

test('leaves one colour what it is, whatever the sizes', () => {
  const side = fc.integer({ min: 1, max: 60 });
  const colour = [9, 99, 199, 77];
  const plain = ({ width, height }: Size) =>
    Array.from({ length: width * height }, () => colour).flat();
  fc.assert(
    fc.property(side, side, side, side, (a, b, c, d) => {
      const from = { width: Math.max(a, b), height: Math.max(c, d) };
      const to = { width: Math.min(a, b), height: Math.min(c, d) };
      const data = Uint8Array.from(plain(from));
      expect([...scale({ ...from, data }, to)]).toEqual(plain(to));
    }),
  );
});
