import { expect, test } from 'vitest';
import { StreamJoiner, written } from '../../../../src/ui/output/stream-joiner.ts';

function joined(...pieces: [stream: 'stdout' | 'stderr', text: string][]): string {
  const joiner = new StreamJoiner();
  return pieces.map(([stream, text]) => written(joiner.join(stream, text), text)).join('');
}

test('one stream is passed on as it is', () => {
  expect(joined(['stdout', 'a\r\u001b[1mb'], ['stdout', 'c\n'], ['stdout', ''])).toBe(
    'a\r\u001b[1mbc\n',
  );
});

test('whole lines of two streams follow one another', () => {
  expect(joined(['stdout', 'a\n'], ['stderr', 'b\n'], ['stdout', 'c\n'])).toBe('a\nb\nc\n');
});

test('a line that one stream has not finished gets a line of its own', () => {
  expect(joined(['stdout', 'a'], ['stderr', 'b\n'], ['stdout', 'c\n'])).toBe('a\nb\nc\n');
});

test('a bar that is drawn over and over stays below what is printed', () => {
  expect(joined(['stderr', '\r10%'], ['stdout', 'done\n'], ['stderr', '\r20%'])).toBe(
    '\r10%\r\u001b[Kdone\n10%\r20%',
  );
});

test('a bar that ends its drawing with a carriage return is drawn anew, too', () => {
  expect(joined(['stderr', '20%\r'], ['stdout', 'done\n'])).toBe('20%\r\r\u001b[Kdone\n20%\r');
});

test('a bar too long to draw again is left where it is', () => {
  const long = 'x'.repeat(600);
  expect(joined(['stderr', `\r${long}`], ['stdout', 'done\n'])).toBe(`\r${long}\ndone\n`);
});
