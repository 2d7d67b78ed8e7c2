import { readdirSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { isPidFileHeld, readPidFile, takePidFile } from '../../../src/os/pid-file.ts';
import { formatIdentity, ownIdentity } from '../../../src/os/process-identity.ts';
import { scratchFolder } from '../../support/environment-context.ts';

/** A file of a holder like us, but for these. */
function heldBy(changes: Partial<ReturnType<typeof ownIdentity>>): string {
  const path = join(scratchFolder(), 'lock');
  const process = formatIdentity({ ...ownIdentity(), ...changes });
  writeFileSync(path, JSON.stringify({ process }));
  return path;
}

test('one holder at a time, and nothing stays behind', () => {
  const folder = scratchFolder();
  const file = join(folder, 'below', 'lock');
  const held = takePidFile(file, { url: 'here' });
  expect(takePidFile(file)).toBeNull();
  expect(isPidFileHeld(file)).toBe(true);
  expect(readPidFile(file)).toMatchObject({ url: 'here', process: formatIdentity(ownIdentity()) });
  held?.release();
  expect(readdirSync(join(folder, 'below'))).toEqual([]);
  expect(takePidFile(file)).not.toBeNull();
});

test('whose was taken over gives nothing back', () => {
  const file = join(scratchFolder(), 'lock');
  const first = takePidFile(file);
  writeFileSync(file, '');
  const second = takePidFile(file);
  first?.release();
  expect(isPidFileHeld(file)).toBe(true);
  second?.release();
  expect(isPidFileHeld(file)).toBe(false);
});

test.each([
  ['a process that is gone', { pid: 999_999_999 }],
  ['another process with the same pid', { start: '1' }],
  ['a process of another boot', { boot: 'before' }],
])('a file of %s is taken over', (_who, changes) => {
  expect(takePidFile(heldBy(changes))).not.toBeNull();
});

test.each(['', '\u0000garbage', 'null', '{"process": 1}', `${process.pid} 1 x\ntoken`])(
  'the file %j belongs to nobody',
  (content) => {
    const file = join(scratchFolder(), 'lock');
    writeFileSync(file, content);
    expect(isPidFileHeld(file)).toBe(false);
    expect(takePidFile(file)).not.toBeNull();
  },
);

test('a holder in another PID namespace is believed as long as it touches its file', () => {
  const file = heldBy({ pid: 999_999_999, namespace: '1' });
  expect(takePidFile(file)).toBeNull();
  const longAgo = Date.now() / 1000 - 300;
  utimesSync(file, longAgo, longAgo);
  expect(takePidFile(file)).not.toBeNull();
});
