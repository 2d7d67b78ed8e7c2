import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { readEnvFile } from '../../../src/os/env-file.ts';

function envFile(text: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'python-mcp-env-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  writeFileSync(join(folder, '.env'), text);
  return join(folder, '.env');
}

test('comments, quotes, export and several lines are understood', async () => {
  const path = envFile('# c\nA=1 # c\nB="two words"\nexport C=\'#3\'\nD="a\nb"\n\nE=\n');
  expect(await readEnvFile(path, {})).toEqual({
    A: '1',
    B: 'two words',
    C: '#3',
    D: 'a\nb',
    E: '',
  });
});

test('the file wins over the environment, and may build on it', async () => {
  const path = envFile('A=file\nPATH=$PATH:/more\nB=${A}/$C\nD=${NONE:-default}\n');
  expect(await readEnvFile(path, { A: 'base', PATH: '/bin', C: 'base' })).toEqual({
    A: 'file',
    PATH: '/bin:/more',
    B: 'file/base',
    D: 'default',
  });
});

test('a file that cannot be read is refused by name', async () => {
  await expect(readEnvFile('/none/.env', {})).rejects.toThrow(
    'env_file: "/none/.env" cannot be read (ENOENT). Check the path.',
  );
});
