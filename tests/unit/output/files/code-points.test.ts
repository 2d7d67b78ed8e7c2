import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  completeLength,
  decodeUtf8,
  skipContinuation,
} from '../../../../src/output/files/code-points.ts';

/** Bytes near the borders of UTF-8: leads, continuations, and the values that are never allowed. */
const byte = fc.oneof(
  fc.integer({ min: 0, max: 255 }),
  fc.constantFrom(0x41, 0x80, 0x8f, 0x90, 0x9f, 0xa0, 0xbf, 0xc0, 0xc2, 0xe0, 0xe2, 0xed, 0xef),
  fc.constantFrom(0xf0, 0xf4, 0xf5, 0xff),
);
const bytes = fc.oneof(
  fc.array(byte, { maxLength: 60 }).map((values) => Uint8Array.from(values)),
  fc.string({ unit: 'binary', maxLength: 30 }).map((text) => new TextEncoder().encode(text)),
);
const cuts = fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 1, maxLength: 20 });

/** Reads in steps as a follower does: what completeLength holds back is read again with the next. */
function decodeInSteps(whole: Uint8Array, steps: number[]): string {
  let text = '';
  let from = 0;
  let to = 0;
  for (let step = 0; to < whole.length; step += 1) {
    to = Math.min(whole.length, to + (steps[step % steps.length] ?? 1));
    const window = whole.subarray(from, to);
    const length = completeLength(window);
    expect(window.length - length).toBeLessThanOrEqual(3);
    text += decodeUtf8(window.subarray(0, length));
    from += length;
  }
  return text + decodeUtf8(whole.subarray(from));
}

describe('completeLength', () => {
  it('makes decoding in pieces equal to decoding the whole', () => {
    fc.assert(
      fc.property(bytes, cuts, (whole, steps) => {
        expect(decodeInSteps(whole, steps)).toBe(decodeUtf8(whole));
      }),
      { numRuns: 2000 },
    );
  });

  it.each([
    ['nothing', [], 0],
    ['ASCII', [0x41, 0x42], 2],
    ['a whole character', [0xe2, 0x82, 0xac], 3],
    ['the first byte of two', [0x41, 0xc3], 1],
    ['two bytes of three', [0x41, 0xe2, 0x82], 1],
    ['three bytes of four', [0x41, 0xf0, 0x9f, 0x98], 1],
    ['continuation bytes of nothing', [0x41, 0x82, 0x82], 3],
    ['a byte that never occurs', [0x41, 0xff], 2],
    ['an overlong form', [0x41, 0xe0, 0x80], 3],
    ['half a surrogate', [0x41, 0xed, 0xa0], 3],
    ['a value past the last code point', [0x41, 0xf4, 0x90], 3],
  ])('holds back only what may still become a character: %s', (_, values, length) => {
    expect(completeLength(Uint8Array.from(values))).toBe(length);
  });

  it('looks only at the given length', () => {
    expect(completeLength(Uint8Array.from([0x41, 0xe2, 0x82, 0xac]), 3)).toBe(1);
  });
});

describe('decodeUtf8', () => {
  it('keeps a byte order mark and replaces what is not UTF-8', () => {
    expect(decodeUtf8(Uint8Array.from([0xef, 0xbb, 0xbf, 0x41, 0xff]))).toBe('\ufeffA\ufffd');
  });
});

describe('skipContinuation', () => {
  it('finds the next border from any offset of a text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.nat(), (text, somewhere) => {
        const whole = new TextEncoder().encode(text.toWellFormed());
        const window = whole.subarray(somewhere % (whole.length + 1));
        const rest = decodeUtf8(window.subarray(skipContinuation(window)));
        expect(decodeUtf8(whole).endsWith(rest)).toBe(true);
      }),
    );
  });

  it('skips at most three bytes of what is not UTF-8', () => {
    expect(skipContinuation(new Uint8Array(9).fill(0x80))).toBe(3);
    expect(skipContinuation(Uint8Array.from([0x41, 0x80]))).toBe(0);
  });
});
