import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { attempt, every, later } from '../../../src/os/every.ts';

const told: [string, Record<string, unknown> | undefined][] = [];
const log = {
  error: (message: string, fields?: Record<string, unknown>) => void told.push([message, fields]),
};

beforeEach(() => {
  told.length = 0;
  vi.useFakeTimers();
});
afterEach(() => vi.useRealTimers());

test('work that throws is told of and comes back', async () => {
  let times = 0;
  const work = (): void => {
    times += 1;
    throw new Error('no');
  };
  const recurring = every(100, 'tick', work, log);
  await vi.advanceTimersByTimeAsync(350);
  expect(times).toBe(3);
  expect(told[0]).toEqual(['tick failed', { error: 'Error: no' }]);
  recurring.stop();
  await vi.advanceTimersByTimeAsync(350);
  expect(times).toBe(3);
});

test('the next time is counted from the end of the work, and there is one at a time', async () => {
  let running = 0;
  let most = 0;
  let times = 0;
  const recurring = every(
    10,
    'work',
    async () => {
      times += 1;
      most = Math.max(most, (running += 1));
      recurring.within(1); // asked for in the middle of it
      await new Promise((resolve) => setTimeout(resolve, 100));
      running -= 1;
    },
    log,
  );
  await vi.advanceTimersByTimeAsync(1_000);
  expect(most).toBe(1);
  expect(times).toBeGreaterThan(8);
  expect(times).toBeLessThan(11);
  recurring.stop();
  await vi.advanceTimersByTimeAsync(100);
  expect(vi.getTimerCount()).toBe(0);
});

test('the soonest that was asked for counts, and once', async () => {
  let times = 0;
  const recurring = later('work', () => (times += 1), log);
  recurring.within(500);
  recurring.within(100);
  recurring.within(300);
  await vi.advanceTimersByTimeAsync(99);
  expect(times).toBe(0);
  await vi.advanceTimersByTimeAsync(1);
  expect(times).toBe(1);
  await vi.advanceTimersByTimeAsync(1_000);
  expect(times).toBe(1);
});

test('what it throws after its stop is nobody’s business', async () => {
  const recurring = later('work', () => Promise.reject(new Error('closed')), log);
  recurring.within(10);
  await vi.advanceTimersByTimeAsync(9);
  const failing = Promise.withResolvers<void>();
  const waiting = later('waiting', () => failing.promise, log);
  waiting.within(0);
  await vi.advanceTimersByTimeAsync(0);
  waiting.stop();
  recurring.stop();
  failing.reject(new Error('closed'));
  await vi.advanceTimersByTimeAsync(10);
  expect(told).toEqual([]);
});

test('an attempt fails for nobody', async () => {
  attempt('one', () => JSON.parse('{'), log);
  attempt('two', () => Promise.reject(new Error('later')), log);
  await Promise.resolve();
  expect(told.map(([message]) => message)).toEqual(['one failed', 'two failed']);
});
