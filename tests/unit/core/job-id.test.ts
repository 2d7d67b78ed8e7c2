import { expect, test } from 'vitest';
import { isJobId, newJobId } from '../../../src/core/job-id.ts';

test('ids are 32 safe characters, sort by time, and do not repeat', () => {
  const times = [0, 1, 1_700_000_000_000, 1_700_000_000_001, 2_600_000_000_000];
  const ids = times.map((time) => newJobId(time));
  expect(ids.toSorted()).toEqual(ids);
  for (const id of ids) expect(id).toMatch(/^[0-9a-z]{32}$/);
  expect(new Set(Array.from({ length: 1000 }, () => newJobId(5))).size).toBe(1000);
});

test.each([
  '',
  '../../etc/passwd',
  'A'.repeat(32),
  `${'a'.repeat(31)}/`,
  'a'.repeat(33),
  `${'a'.repeat(32)}\n`,
])('%j is no id, so it never becomes part of a path', (text) => expect(isJobId(text)).toBe(false));
