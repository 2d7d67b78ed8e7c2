import { expect, test } from 'vitest';
import { parseAddress } from '../../../../src/mcp/resources/address.ts';

test.each([
  ['job://list', { of: 'list' }],
  ['job://abc/stdout', { of: 'output', id: 'abc', stream: 'stdout' }],
  ['job://abc/stderr', { of: 'output', id: 'abc', stream: 'stderr' }],
  ['job-stream://abc', { of: 'both streams', id: 'abc' }],
  ['job://abc/artifacts/a%20b.png', { of: 'artifact', id: 'abc', name: 'a b.png' }],
  ['job://abc/artifacts/%zz', { of: 'artifact', id: 'abc', name: '%zz' }],
])('%s', (uri, address) => {
  expect(parseAddress(uri)).toEqual(address);
});

test.each(['job://abc', 'job://abc/stdin', 'job://abc/artifacts/', 'job-stream://', 'file:///etc'])(
  '%s names nothing',
  (uri) => {
    expect(() => parseAddress(uri)).toThrow(`There is no resource "${uri}"`);
  },
);
