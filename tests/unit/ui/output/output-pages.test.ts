import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  after,
  before,
  firstLines,
  inParts,
  lastLines,
  type Page,
  type Piece,
  wholeLines,
} from '../../../../src/ui/output/output-pages.ts';

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

test('a piece begins with a whole line where there is one', () => {
  expect(shown(wholeLines(piece('rest\none\ntwo')))).toEqual([105, 112, 'one\ntwo']);
  expect(shown(wholeLines(piece('one\ntwo\n', 0)))).toEqual([0, 8, 'one\ntwo\n']);
  expect(shown(wholeLines(piece('no line break')))).toEqual([100, 113, 'no line break']);
  expect(shown(wholeLines(piece('only\n')))).toEqual([100, 105, 'only\n']);
  const behindGap = { ...piece('one\ntwo\n'), skipped: { from: 50, to: 100 } };
  expect(wholeLines(behindGap)).toBe(behindGap);
});

/** Of pieces as they follow one another; `err` ones are of the other stream. */
function page(...pieces: [stream: 'stdout' | 'stderr', text: string][]): Page {
  const next = { stdout: 100, stderr: 0 };
  const made = pieces.map(([stream, text]) => {
    const one = { ...piece(text, next[stream]), stream };
    next[stream] = one.next;
    return one;
  });
  return { pieces: made, from: { stdout: 100, stderr: 0 }, next, size: {} };
}

const texts = ({ pieces }: Page) => pieces.map(({ bytes }) => decoder.decode(bytes));

test('the last lines of a page, whichever stream they are of', () => {
  const one = lastLines(page(['stdout', 'one\ntwo\nthree\n']), 2);
  expect([texts(one), one.from]).toEqual([['two\nthree\n'], { stdout: 104, stderr: 0 }]);
  const both = page(['stdout', 'a\nb\n'], ['stderr', 'c\n'], ['stdout', 'd\n']);
  const three = lastLines(both, 3);
  expect([texts(three), three.from]).toEqual([['b\n', 'c\n', 'd\n'], { stdout: 102, stderr: 0 }]);
  const last = lastLines(both, 1);
  expect([texts(last), last.from]).toEqual([['d\n'], { stdout: 104, stderr: 2 }]);
  expect(lastLines(both, 9)).toEqual(both);
});

test('the first lines of a page, whichever stream they are of', () => {
  const two = firstLines(page(['stdout', 'one\ntwo\nthree\n']), 2);
  expect([texts(two), two.next]).toEqual([['one\ntwo\n'], { stdout: 108, stderr: 0 }]);
  const both = page(['stdout', 'a\n'], ['stderr', 'b\nc\n'], ['stdout', 'd']);
  const cut = firstLines(both, 2);
  expect([texts(cut), cut.next]).toEqual([['a\n', 'b\n'], { stdout: 102, stderr: 2 }]);
  expect(firstLines(both, 9)).toEqual(both);
});

test('what lies before the first piece and is gone belongs to a page', () => {
  const behindGap = { ...piece('one\ntwo\n'), skipped: { from: 50, to: 100 } };
  const from = { stdout: 50, stderr: 0 };
  const whole = { pieces: [behindGap], from, next: { stdout: 108, stderr: 0 }, size: {} };
  expect(lastLines(whole, 2).from).toEqual(from);
  expect(lastLines(whole, 1)).toMatchObject({ from: { stdout: 104 }, pieces: [{ from: 104 }] });
});

test('parts put together are the pieces, and cut no character', () => {
  const unit = fc.constantFrom('a', 'é', '€', '😀', '\n');
  const all = fc.array(fc.string({ unit, maxLength: 40 }), { maxLength: 5 });
  fc.assert(
    fc.property(all, fc.integer({ min: 4, max: 9 }), (given, size) => {
      const whole = page(...given.map((text): ['stdout', string] => ['stdout', text]));
      const parts = [...inParts(whole.pieces, size)];
      expect(parts.flatMap((part) => texts({ ...whole, pieces: part })).join('')).toBe(
        given.join(''),
      );
      const pieces = parts.flat();
      expect(pieces.every((part) => part.next - part.from === part.bytes.length)).toBe(true);
      expect(parts.every((part) => part.length > 0)).toBe(true);
    }),
  );
});
