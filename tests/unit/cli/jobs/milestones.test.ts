/** Which moments of a job are worth a line, and how many. */
import { expect, test } from 'vitest';
import { Milestones } from '../../../../src/cli/jobs/milestones.ts';

const MINUTE = 60_000;
const PACE = { everyMs: MINUTE, stallMs: 5 * MINUTE };

test('each tenth of the way is told once, and of several only the last', () => {
  const milestones = new Milestones(PACE, 0);
  milestones.reached(9, '9%');
  expect(milestones.due(1)).toBeNull();
  milestones.reached(12, '12%');
  expect(milestones.due(2)).toBe('12%');
  milestones.reached(19, '19%');
  for (const percent of [21, 35, 47]) milestones.reached(percent, `${percent}%`);
  expect(milestones.due(MINUTE)).toBeNull();
  expect(milestones.due(MINUTE + 2)).toBe('47%');
});

test('the first error comes before all else, in whatever pieces it is printed', () => {
  const milestones = new Milestones(PACE, 0);
  milestones.reached(50, '50%');
  milestones.printed('fine\nValue', 1);
  milestones.printed('Error: no\nKeyError: later\n', 2);
  expect(milestones.due(3)).toBe('ValueError: no');
  expect(milestones.due(MINUTE + 3)).toBe('50%');
  expect(milestones.due(3 * MINUTE)).toBeNull();
});

test('a stall is told once, until there is output again', () => {
  const milestones = new Milestones(PACE, 0);
  expect(milestones.due(5 * MINUTE)).toBe('no output for 5 min 00 s');
  expect(milestones.due(9 * MINUTE)).toBeNull();
  milestones.printed('on\n', 9 * MINUTE);
  expect(milestones.due(14 * MINUTE)).toBe('no output for 5 min 00 s');
});
