import { expect, test } from 'vitest';
import { plainClient } from '../../../../src/jobs/accept/client-name.ts';

test.each([
  ['as it is', { name: 'claude-code', version: '2.1' }, { name: 'claude-code', version: '2.1' }],
  ['without a version', { name: 'cli', version: null }, { name: 'cli', version: null }],
  ['with an empty version', { name: 'x', version: ' ' }, { name: 'x', version: null }],
  ['without a name', { name: '\u200b\n', version: '1' }, { name: 'unknown', version: '1' }],
  [
    'with controls and disguises',
    { name: 'a\u0000b\u001b[31m\u202ec\r\nd', version: '1\u00ad.2' },
    { name: 'a bc d', version: '1.2' },
  ],
  [
    'much too long',
    { name: '😀'.repeat(1e5), version: '1'.repeat(1e5) },
    { name: '😀'.repeat(64), version: '1'.repeat(32) },
  ],
])('a client named %s is stored as short, plain text', (_, said, stored) => {
  expect(plainClient(said)).toEqual(stored);
});
