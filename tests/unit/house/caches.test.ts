/** What a module keeps for good is bounded: a server runs for weeks. */
import { globSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, test } from 'vitest';

const SRC = resolve(import.meta.dirname, '../../../src');
/** Filled while the program runs: those with entries from the start are tables. */
const FILLED_LATER = /^(?:export )?const (\w+) = new (?:Map|Set)(?:<.*>)?\(\);$/gm;
/** Whose entries leave with the work they stand for. */
const LEAVE_WITH_THEIR_WORK = ['python/build/environment-build.ts building'];

test('maps of modules are `Newest`, or empty themselves', () => {
  const found = globSync('**/*.{ts,tsx}', { cwd: SRC }).flatMap((file) =>
    [...readFileSync(join(SRC, file), 'utf8').matchAll(FILLED_LATER)].map(
      ([, name]) => `${file} ${name}`,
    ),
  );
  expect(found).toEqual(LEAVE_WITH_THEIR_WORK);
});
