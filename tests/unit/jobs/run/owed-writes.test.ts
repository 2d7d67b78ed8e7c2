import { expect, test } from 'vitest';
import { OwedWrites } from '../../../../src/jobs/run/owed-writes.ts';

test('a write that fails again is tried once a time, and written when it can be', () => {
  const owed = new OwedWrites({ debug() {}, info() {}, warn() {}, error() {} });
  let [tries, locked] = [0, true];
  owed.write('job', () => {
    tries += 1;
    if (tries > 100) return; // else a failure would never end
    if (locked) throw new Error('database is locked');
  });
  owed.retry();
  expect([tries, owed.isOwed('job')]).toEqual([2, true]);
  locked = false;
  owed.retry();
  expect([tries, owed.isOwed('job')]).toEqual([3, false]);
});
