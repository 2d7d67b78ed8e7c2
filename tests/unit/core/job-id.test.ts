import { expect, test } from 'vitest';
import { isJobId, newJobId } from '../../../src/core/job-id.ts';

test('ids are 10 safe characters and sort by time', () => {
  const times = [0, 1, 1_700_000_000_000, 1_700_000_000_001, 2_600_000_000_000];
  const ids = times.map((time) => newJobId(time));
  expect(ids.toSorted()).toEqual(ids);
  for (const id of ids) expect(id).toMatch(/^[0-9a-z]{10}$/);
});

test('ids of earlier versions sort with those of today', () => {
  const earlier = `${(1_700_000_000_000).toString(36)}${'x'.repeat(24)}`;
  expect(isJobId(earlier)).toBe(true);
  const [before, after] = [newJobId(1_699_999_999_999), newJobId(1_700_000_000_001)];
  expect([after, earlier, before].toSorted()).toEqual([before, earlier, after]);
});

test.each([
  '',
  '../../etc/passwd',
  'A'.repeat(10),
  'A'.repeat(32),
  `${'a'.repeat(9)}/`,
  `${'a'.repeat(31)}/`,
  'a'.repeat(11),
  'a'.repeat(33),
  `${'a'.repeat(10)}\n`,
  `${'a'.repeat(32)}\n`,
])('%j is no id, so it never becomes part of a path', (text) => expect(isJobId(text)).toBe(false));
