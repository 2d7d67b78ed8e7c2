import { expect, test } from 'vitest';
import { pulledStream } from '../../../../src/http/wire/byte-range.ts';

test('a download that is given up is closed once, and not read from after that', async () => {
  let [reads, closes] = [0, 0];
  const stream = pulledStream(
    () => {
      reads += 1;
      return Buffer.from('bytes');
    },
    () => (closes += 1),
  );
  const reader = stream.getReader();
  const reading = reader.read();
  await new Promise<void>((resolve) => process.nextTick(resolve)); // it waits for its turn now
  await reader.cancel();
  expect(await reading).toEqual({ done: true, value: undefined });
  await new Promise((resolve) => setTimeout(resolve)); // a turn, with all that was due in it
  await new Promise((resolve) => setImmediate(resolve));
  expect({ reads, closes }).toEqual({ reads: 0, closes: 1 });
});

test.each([
  ['at its end', () => null],
  [
    'by an error',
    () => {
      throw new Error('the file has been cut short');
    },
  ],
])('a download that ends %s is closed once', async (_, next) => {
  let closes = 0;
  const reader = pulledStream(next, () => (closes += 1)).getReader();
  await reader.read().catch(() => {});
  await reader.cancel().catch(() => {});
  expect(closes).toBe(1);
});
