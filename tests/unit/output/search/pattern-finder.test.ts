import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Finder, Span } from '../../../../src/output/search/text-finder.ts';
import { textFinder } from '../../../../src/output/search/text-finder.ts';
import { patternFinder } from '../../../../src/output/search/pattern-finder.ts';
import { compilePattern, type Pattern } from '../../../../src/output/search/pattern.ts';

function finderOf(pattern: string): Finder {
  return patternFinder(compilePattern(pattern, 'search'));
}

/** All matches in one stretch of whole lines. */
function allIn(finder: Finder, text: string): Span[] {
  const bytes = Buffer.from(text);
  const spans: Span[] = [];
  for (let at = 0; at < bytes.length;) {
    const found = finder({ bytes, open: false }, at);
    if (typeof found !== 'number') spans.push(found);
    at = typeof found === 'number' ? found : Math.max(found.end, found.start + 1);
  }
  return spans;
}

/** What the language's own engine finds in each line (ASCII only). */
function expectedIn(pattern: RegExp, text: string): Span[] {
  let at = 0;
  return text
    .replace(/\n$/, '')
    .split('\n')
    .flatMap((line) => {
      const base = at;
      at += line.length + 1;
      return [...line.matchAll(pattern)].map(({ 0: { length }, index }) => ({
        start: base + index,
        end: base + index + length,
      }));
    });
}

const word = fc.constantFrom('a', 'B', 'ab', 'error', 'ERROR', 'x: 12', ' ', '\n', '\n\n', '-');
const lines = fc.array(word, { maxLength: 400 }).map((words) => words.join(''));

describe('a pattern', () => {
  test.each(['(?i)error', '^.*12', 'a+b?$', '[^a]b', '\\bE', '(?i)(a|b)+ error', '\\d\\D', 'ab'])(
    'finds all that %s matches, line by line',
    (pattern) => {
      const own = pattern.startsWith('(?i)') ? new RegExp(pattern.slice(4), 'gi') : null;
      const property = fc.property(lines, (text) => {
        const expected = expectedIn(own ?? new RegExp(pattern, 'g'), text);
        expect(allIn(finderOf(pattern), text)).toEqual(expected);
      });
      fc.assert(property, { numRuns: 100 });
    },
  );

  test('sees the borders of each line, and nothing behind them', () => {
    const text = 'one\ntwo\n\nthree\n';
    expect(allIn(finderOf('\\A.'), text).map(({ start }) => start)).toEqual([0, 4, 9]);
    expect(allIn(finderOf('.\\z'), text).map(({ start }) => start)).toEqual([2, 6, 13]);
    expect(allIn(finderOf('(?-m)^t'), text).map(({ start }) => start)).toEqual([4, 9]);
    expect(allIn(finderOf('^$'), text)).toEqual([{ start: 8, end: 8 }]);
    expect(allIn(finderOf('(?s)one.*'), text)).toEqual([{ start: 0, end: 3 }]);
    expect(allIn(finderOf('[^z]+'), text).map(({ end }) => end)).toEqual([3, 7, 14]);
  });

  test('is told where its line began and that it goes on', () => {
    const bytes = Buffer.alloc(100_000, 'x');
    const finder = finderOf('^x|x$');
    expect(finder({ bytes, open: true }, 0)).toEqual({ start: 0, end: 1 });
    const ends: (number | Span)[] = [];
    for (let at = 1; at < bytes.length - 4096;) {
      const found = finder({ bytes, open: true }, at);
      ends.push(found);
      at = typeof found === 'number' ? found : found.end;
    }
    expect(ends.every((found) => typeof found === 'number')).toBe(true);
    const last = finder({ bytes, open: false }, 90_000);
    expect(last).toEqual({ start: 99_999, end: 100_000 });
  });

  test('that makes a state for every byte is still answered', () => {
    let seed = 1;
    const letter = () => ((seed = (seed * 48_271) % 2_147_483_647) & 64 ? 'x' : 'y');
    const text = Array.from({ length: 9_000 }, letter).join('');
    expect(allIn(finderOf('(?i)x.{300}z'), text)).toEqual([]);
    expect(allIn(finderOf('(?i)x.{300}z'), `${text}x${'y'.repeat(300)}z`)).toHaveLength(1);
  });

  test('is looked for as fast as before when the machine was busy for a while', () => {
    const pattern = compilePattern('(?i)n[e]edle', 'search');
    const pause = new Int32Array(new SharedArrayBuffer(4));
    let tests = 0;
    const busy: Pattern = Object.create(pattern, {
      test: {
        value: (text: Uint8Array) => {
          tests += 1;
          if (tests === 1) Atomics.wait(pause, 0, 0, 100);
          return pattern.test(text);
        },
      },
    });
    expect(allIn(patternFinder(busy), 'a line of output\n'.repeat(16_000))).toEqual([]);
    expect(tests).toBe(5);
  });
});

describe('a text', () => {
  test('is found where it is, wherever a stretch ends', () => {
    const bytes = Buffer.from('needle need');
    expect(textFinder('needle')({ bytes, open: true }, 0)).toEqual({ start: 0, end: 6 });
    expect(textFinder('needle')({ bytes, open: true }, 1)).toBe(6);
    expect(textFinder('needle')({ bytes, open: false }, 1)).toBe(11);
  });
});
