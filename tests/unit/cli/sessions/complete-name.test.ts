/** Names that a line may go on with. */
import { expect, test } from 'vitest';
import { completeName } from '../../../../src/cli/sessions/complete-name.ts';

test('the last name of a line is completed from the session and from Python', () => {
  expect(completeName('print(pri', ['prices', 'price', 'other'])).toEqual([
    ['price', 'prices', 'print'],
    'pri',
  ]);
  expect(completeName('x = ', ['x'])).toEqual([[], 'x = ']);
  expect(completeName('x.pri', ['prices'])).toEqual([[], 'x.pri']);
});
