import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { readEnvFile } from '../../../src/os/env-file.ts';

interface Recorded {
  text: string;
  /** What python-dotenv read from it; the network test compares with the library itself. */
  values: Record<string, string>;
}

const recorded = JSON.parse(
  readFileSync(join(import.meta.dirname, '../../fixtures/env-file/recorded.json'), 'utf8'),
) as Recorded[];

function envFile(text: string | Buffer): string {
  const folder = mkdtempSync(join(tmpdir(), 'python-mcp-env-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  writeFileSync(join(folder, '.env'), text);
  return join(folder, '.env');
}

test.each(recorded)('$text', async ({ text, values }) => {
  expect(await readEnvFile(envFile(text), { SHARED: 'base', EMPTY: '' })).toEqual(values);
});

test('a password is not taken for a variable', async () => {
  const path = envFile(
    "DB_PASSWORD='pa$$w0rd$1x'\nPLAIN=abc$def\nHASH=$2b$12$KIXQeJ9v\nHASHED=color#fff\n",
  );
  expect(await readEnvFile(path, { def: 'x' })).toEqual({
    DB_PASSWORD: 'pa$$w0rd$1x',
    PLAIN: 'abc$def',
    HASH: '$2b$12$KIXQeJ9v',
    HASHED: 'color#fff',
  });
});

test('the file wins over the environment, and may build on it', async () => {
  const path = envFile('A=file\nPATH=${PATH}:/more\nB=${A}/${C}\nD=${NONE:-default}\n');
  expect(await readEnvFile(path, { A: 'base', PATH: '/bin', C: 'base' })).toEqual({
    A: 'file',
    PATH: '/bin:/more',
    B: 'file/base',
    D: 'default',
  });
});

test.each([
  ['Latin-1', Buffer.from('A=\xfc', 'latin1'), 'is not UTF-8. Save it as UTF-8.'],
  ['a binary', Buffer.from('A=\0'), 'holds a NUL byte. Remove it.'],
])('%s is refused: its values would be wrong without a word', async (_what, bytes, words) => {
  await expect(readEnvFile(envFile(bytes), {})).rejects.toThrow(words);
});

test('a file that cannot be read is refused by name', async () => {
  await expect(readEnvFile('/none/.env', {})).rejects.toThrow(
    'env_file: "/none/.env" cannot be read (ENOENT). Check the path.',
  );
});
