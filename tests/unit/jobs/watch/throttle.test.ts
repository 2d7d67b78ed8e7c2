import { expect, test } from 'vitest';
import { Pace } from '../../../../src/jobs/watch/throttle.ts';
import { waitFor } from '../../../support/wait-for.ts';

/** Resolves when every pause that has begun is over: timers of one length fire in order. */
async function pauseOver(): Promise<void> {
  let looks = 0;
  const clock = new Pace(
    () => (looks += 1),
    () => {},
  );
  clock.due();
  clock.due();
  await waitFor(() => looks === 2, 5_000, 'the end of a pause');
}

test('the first look is taken at once, and a flood of reasons is one more after a pause', async () => {
  let looks = 0;
  const pace = new Pace(
    () => (looks += 1),
    () => {},
  );
  for (let times = 0; times < 100; times += 1) pace.due();
  expect(looks).toBe(1);
  await pauseOver();
  expect(looks).toBe(2);
  await pauseOver();
  expect(looks).toBe(2);
  pace.due();
  expect(looks).toBe(3);
});

test('a reason that comes up during a look is not lost, and looks do not nest', async () => {
  const steps: string[] = [];
  const look = (): void => {
    steps.push('begin');
    if (steps.length === 1) pace.due();
    steps.push('end');
  };
  const pace = new Pace(look, () => {});
  pace.due();
  await pauseOver();
  expect(steps).toEqual(['begin', 'end', 'begin', 'end']);
});

test('what a look throws is handed over, and who is stopped looks no more', async () => {
  const failures: unknown[] = [];
  const pace = new Pace(
    () => {
      throw new Error('closed');
    },
    (error) => failures.push(error),
  );
  pace.due();
  expect(failures).toEqual([new Error('closed')]);
  pace.due();
  pace.stop();
  await pauseOver();
  pace.due();
  expect(failures).toHaveLength(1);
});
