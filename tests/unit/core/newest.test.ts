import { expect, test } from 'vitest';
import { Newest } from '../../../src/core/newest.ts';

test('the one set longest ago goes first', () => {
  const newest = new Newest<string, number>(2);
  newest.set('a', 1);
  newest.set('b', 2);
  newest.set('a', 3);
  newest.set('c', 4);
  expect([newest.get('a'), newest.get('b'), newest.get('c')]).toEqual([3, undefined, 4]);
  newest.delete('a');
  newest.set('d', 5);
  expect([newest.has('a'), newest.has('c'), newest.size]).toEqual([false, true, 2]);
});

test('what its entries weigh is bounded, not how many they are', () => {
  const newest = new Newest<string, string>(10, (text) => text.length);
  for (const key of ['a', 'b', 'c', 'd', 'e']) newest.set(key, 'xx');
  expect(newest.size).toBe(5);
  newest.set('f', 'x'.repeat(7));
  expect([newest.get('d'), newest.get('e'), newest.size]).toEqual([undefined, 'xx', 2]);
  newest.set('g', 'x'.repeat(11));
  expect(newest.size).toBe(0);
});
