import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { decodeCursor, encodeCursor, START } from '../../../src/core/cursor.ts';

test('a cursor survives the way out and back', () => {
  const offset = fc.nat({ max: 2 ** 40 });
  fc.assert(
    fc.property(offset, offset, (stdout, stderr) => {
      expect(decodeCursor(encodeCursor({ stdout, stderr }))).toEqual({ stdout, stderr });
    }),
  );
  expect(encodeCursor(START)).toBe('c0-0');
});

test.each([
  '',
  'c',
  '0',
  'c1',
  'c-1-0',
  'c1-1 ',
  ' c1-1',
  'c1.5-0',
  'c1-1\n',
  `c${'9'.repeat(16)}-0`,
])('%j is no cursor', (text) => {
  expect(() => decodeCursor(text)).toThrow(`cursor: ${JSON.stringify(text)} is not a cursor.`);
});
