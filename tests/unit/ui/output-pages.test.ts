import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  after,
  before,
  firstLines,
  inParts,
  lastLines,
  type Piece,
} from '../../../src/ui/output-pages.ts';

const decoder = new TextDecoder();

function piece(text: string, from = 100): Piece {
  const bytes = new TextEncoder().encode(text);
  return { stream: 'stdout', from, next: from + bytes.length, bytes };
}

const shown = ({ from, next, bytes }: Piece) => [from, next, decoder.decode(bytes)];

test('a piece is cut at offsets of the file', () => {
  expect(shown(after(piece('abcdef'), 102))).toEqual([102, 106, 'cdef']);
  expect(shown(before(piece('abcdef'), 102))).toEqual([100, 102, 'ab']);
  expect(shown(after(piece('abc'), 50))).toEqual([100, 103, 'abc']);
  expect(shown(before(piece('abc'), 500))).toEqual([100, 103, 'abc']);
  expect(shown(after(piece('abc'), 500))).toEqual([103, 103, '']);
  expect(shown(before(piece('abc'), 50))).toEqual([100, 100, '']);
});

test('the last lines begin with a whole one', () => {
  expect(shown(lastLines(piece('rest\none\ntwo\nthree\n'), 2))).toEqual([109, 119, 'two\nthree\n']);
  expect(shown(lastLines(piece('rest\none\ntwo'), 9))).toEqual([105, 112, 'one\ntwo']);
  expect(shown(lastLines(piece('one\ntwo\n', 0), 9))).toEqual([0, 8, 'one\ntwo\n']);
  expect(shown(lastLines(piece('no line break'), 9))).toEqual([100, 113, 'no line break']);
});

test('the first lines end with a whole one', () => {
  expect(shown(firstLines(piece('one\ntwo\nthree\n'), 2))).toEqual([100, 108, 'one\ntwo\n']);
  expect(shown(firstLines(piece('one\ntwo'), 2))).toEqual([100, 107, 'one\ntwo']);
});

test('parts put together are the piece', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), fc.integer({ min: 1, max: 9 }), (text, size) => {
      const whole = piece(text);
      const parts = [...inParts(whole, size)];
      expect(Buffer.concat(parts.map(({ bytes }) => bytes))).toEqual(Buffer.from(whole.bytes));
      expect(parts.every((part) => part.next - part.from === part.bytes.length)).toBe(true);
    }),
  );
});
