/** Our reader of .env files against python-dotenv itself, on written and on generated texts. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';
import { parseEnv } from '../../../src/os/env-file-syntax.ts';
import { PYTHON } from '../../support/test-home.ts';

/** Its escapes and comments changed within 1.2: the recorded values are those of this release. */
const RELEASE = 'python-dotenv==1.2.4';
const BASE = { SHARED: 'base', EMPTY: '' };
const FIXTURES = join(import.meta.dirname, '../../fixtures/env-file');

const library = mkdtempSync(join(tmpdir(), 'python-mcp-dotenv-'));
afterAll(() => rmSync(library, { recursive: true, force: true }));

function installed(): boolean {
  const args = ['-m', 'pip', 'install', '--quiet', '--retries', '0', '--target', library, RELEASE];
  try {
    execFileSync(PYTHON, args, { timeout: 60_000, stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

const available = installed();
if (!available)
  console.warn(`SKIPPED: ${RELEASE} cannot be installed, so nothing to compare with.`);

function readByLibrary(texts: string[]): Record<string, string>[] {
  const env = { ...BASE, PATH: process.env['PATH'], PYTHONPATH: library };
  const options = { input: JSON.stringify(texts), env, encoding: 'utf8' as const };
  const silent = { ...options, stdio: ['pipe', 'pipe', 'ignore'] as ['pipe', 'pipe', 'ignore'] };
  return JSON.parse(execFileSync(PYTHON, [join(FIXTURES, 'read.py')], silent));
}

/** The file as `readEnvFile` hands it on: without its mark. */
function readByUs(text: string): Record<string, string> {
  return parseEnv(text.replace(/^\ufeff/, ''), BASE);
}

/** Words of the syntax in any order come across corners that ordinary files do not have. */
const PIECES =
  'A B SHARED export = = = \' \' " " # \\ \\\' \\" \\\\ \\n \\x $ ${A} } ${SHARED} ${ ${NONE:-d} :- word ü ,';
const SPACES = [
  ' ',
  ' ',
  ' #',
  'export ',
  '\n',
  '\n',
  '\r\n',
  '\r',
  '\t',
  '\u00a0',
  '\u2028',
  '\x0b',
  '\x1f',
];
const piece = fc.constantFrom(...PIECES.split(' '), ...SPACES);
const anyText = fc.array(piece, { maxLength: 24 }).map((pieces) => pieces.join(''));
const line = fc
  .tuple(
    fc.constantFrom('A', 'B', 'SHARED', ' C', 'export D'),
    fc.constantFrom('', "'", '"'),
    fc.array(
      piece.filter((text) => !/[\r\n]/.test(text)),
      { maxLength: 6 },
    ),
    fc.constantFrom('', ' # c', '#c', ' '),
  )
  .map(([name, quote, value, end]) => `${name}=${quote}${value.join('')}${quote}${end}`);
const wholeFile = fc.array(line, { maxLength: 5 }).map((lines) => lines.join('\n'));

describe.skipIf(!available)(`beside ${RELEASE}${available ? '' : ' (cannot be installed)'}`, () => {
  test('the recorded values are what it reads', () => {
    const recorded = JSON.parse(readFileSync(join(FIXTURES, 'recorded.json'), 'utf8')) as {
      text: string;
      values: Record<string, string>;
    }[];
    expect(recorded.length).toBeGreaterThanOrEqual(40);
    const read = readByLibrary(recorded.map(({ text }) => text));
    expect(read).toEqual(recorded.map(({ values }) => values));
  });

  test.each([
    ['any text', anyText],
    ['files of assignments', wholeFile],
  ])('%s: both read the same', (_what, texts) => {
    const generated = fc.sample(texts, 3000);
    const theirs = readByLibrary(generated);
    for (const [index, text] of generated.entries()) {
      expect([text, readByUs(text)]).toEqual([text, theirs[index]]);
    }
  });
});
