import { expect, test } from 'vitest';
import { UNTOLD } from '../../../../src/os/every.ts';
import { Throttle } from '../../../../src/jobs/watch/throttle.ts';
import { waitFor } from '../../../support/wait-for.ts';

/** Resolves when every pause that has begun is over: timers of one length fire in order. */
async function pauseOver(): Promise<void> {
  let looks = 0;
  const clock = new Throttle(
    () => (looks += 1),
    () => {},
    UNTOLD,
  );
  clock.due();
  clock.due();
  await waitFor(() => looks === 2, 20_000, 'the end of a pause');
}

test('the first look is taken at once, and a flood of reasons is one more after a pause', async () => {
  let looks = 0;
  const throttle = new Throttle(
    () => (looks += 1),
    () => {},
    UNTOLD,
  );
  for (let times = 0; times < 100; times += 1) throttle.due();
  expect(looks).toBe(1);
  await pauseOver();
  expect(looks).toBe(2);
  await pauseOver();
  expect(looks).toBe(2);
  throttle.due();
  expect(looks).toBe(3);
});

test('a reason that comes up during a look is not lost, and looks do not nest', async () => {
  const steps: string[] = [];
  const look = (): void => {
    steps.push('begin');
    if (steps.length === 1) throttle.due();
    steps.push('end');
  };
  const throttle = new Throttle(look, () => {}, UNTOLD);
  throttle.due();
  await pauseOver();
  expect(steps).toEqual(['begin', 'end', 'begin', 'end']);
});

test('what a look throws is handed over, and who is stopped looks no more', async () => {
  const failures: unknown[] = [];
  const throttle = new Throttle(
    () => {
      throw new Error('closed');
    },
    (error) => failures.push(error),
    UNTOLD,
  );
  throttle.due();
  expect(failures).toEqual([new Error('closed')]);
  throttle.due();
  throttle.stop();
  await pauseOver();
  throttle.due();
  expect(failures).toHaveLength(1);
});
