import { readdirSync, readFileSync } from 'node:fs';
import xterm from '@xterm/headless';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cleanLongText, cleanTerminalText } from '../../../../src/output/terminal/clean-text.ts';
import { processorRatio } from '../../../support/processor-time.ts';

const CAPTURES = new URL('../../../fixtures/captures/', import.meta.url);
const captures = readdirSync(CAPTURES).filter((name) => name.endsWith('.raw'));

/** What a real terminal shows: its rows without trailing blanks, without empty rows at the edges. */
async function shownByTerminal(text: string): Promise<string> {
  const rows = text.split(/[\n\v\f]/).length + 60;
  const terminal = new xterm.Terminal({
    cols: 2000,
    rows,
    scrollback: 0,
    convertEol: true,
    allowProposedApi: true,
  });
  await new Promise<void>((resolve) => terminal.write(text, resolve));
  const buffer = terminal.buffer.active;
  const lines = Array.from({ length: rows }, (_, y) => buffer.getLine(y)?.translateToString(true));
  terminal.dispose();
  return comparable(lines.join('\n'));
}

function comparable(text: string): string {
  const lines = text.split('\n').map((line) => expandTabs(line).replace(/ +$/, ''));
  return lines.join('\n').replace(/^\n+|\n+$/g, '');
}

function expandTabs(line: string): string {
  let shown = '';
  for (const character of line) {
    // Wide characters of these tests are all above U+1100.
    const column = Array.from(shown).reduce(
      (sum, c) => sum + (c >= '\u1100' && c < '\uff00' ? 2 : 1),
      0,
    );
    shown += character === '\t' ? ' '.repeat(8 - (column % 8)) : character;
  }
  return shown;
}

const word = fc.constantFrom(
  'a',
  'bcd',
  ' ',
  '   ',
  'Hello, world',
  '50%|=====',
  'é',
  '漢',
  '日本',
  '한',
);
const movement = fc.constantFrom('\n', '\r', '\r\n', '\b', '\b\b\b', '\t', '\v', '\f');
const sequence = fc
  .tuple(
    fc.constantFrom('', '0', '1', '2', '3', '7'),
    fc.constantFrom('A', 'B', 'C', 'D', 'E', 'F', 'G', 'K'),
  )
  .filter(([count, final]) => final !== 'K' || count < '3')
  .map(([count, final]) => `\x1b[${count}${final}`);
const placing = fc.constantFrom(
  '\x1b[H',
  '\x1b[2;3H',
  '\x1b[3f',
  '\x1b[;5H',
  '\x1b[J',
  '\x1b[1J',
  '\x1b[2J',
);
const noise = fc.constantFrom(
  '\x1b[31m',
  '\x1b[38;5;120;1m',
  '\x1b[0m',
  '\x1b[?25l',
  '\x1b[?25h',
  '\x1b]0;a title\x07',
  '\x1b]8;;https://example.org/\x1b\\',
  '\x1bPq#0;2;0;0;0\x1b\\',
  '\x1b_payload\x1b\\',
  '\x1b^private\x1b\\',
  '\x1bXstring\x1b\\',
  '\x1b(B',
  '\x1b>',
  '\x07',
  '\0',
  '\x9b1m',
  '\x9d0;t\x9c',
);
const pieces = fc.array(
  fc.oneof(
    { weight: 6, arbitrary: word },
    { weight: 3, arbitrary: movement },
    sequence,
    placing,
    noise,
  ),
  { maxLength: 60 },
);

const LINE = '\x1b[32mINFO\x1b[0m step 123 of 4567: loss 0.123 in 12.3 s\n';
const ORDINARY = LINE.repeat(1e6 / LINE.length);

describe('cleanTerminalText', () => {
  it('shows what a real terminal shows', { timeout: 60_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(pieces, async (parts) => {
        const text = parts.join('');
        expect(comparable(cleanTerminalText(text))).toBe(await shownByTerminal(text));
      }),
      { numRuns: 200 },
    );
  });

  it.each(captures)('shows of the capture %s what a real terminal shows', async (name) => {
    const text = readFileSync(new URL(name, CAPTURES), 'utf8');
    expect(comparable(cleanTerminalText(text))).toBe(await shownByTerminal(text));
    const half = text.slice(text.length / 2);
    expect(comparable(cleanTerminalText(half))).toBe(await shownByTerminal(half));
  });

  it('folds nested bars to the one line that stays', () => {
    const text = readFileSync(new URL('tqdm-nested.raw', CAPTURES), 'utf8');
    expect(cleanTerminalText(text)).toMatch(/^files: 100%\|█{10}\| 4\/4 \[.*\]\n$/);
  });

  it('gives text without controls back as it is', () => {
    for (const text of ['', 'a\tb\n\n  c  \n', 'naïve 漢字 e\u0301 \u{1f600}\n', 'a\u00a0b']) {
      expect(cleanTerminalText(text)).toBe(text);
    }
  });

  it.each([
    ['a bar drawn again', '  0%|  | 0/2\r 50%|# | 1/2\r100%|##| 2/2\n', '100%|##| 2/2\n'],
    ['a shorter text over a longer one', 'downloading\rdone', 'doneloading'],
    ['erasing to the end of the line', 'downloading\rdone\x1b[K\n', 'done\n'],
    ['a bar that is wiped with blanks', '50%|#### |\r          \rnext\n', 'next\n'],
    ['Windows line ends', 'a\r\nb\r\n', 'a\nb\n'],
    ['a spinner of backspaces', 'wait |\b/\b-\bdone', 'wait done'],
    ['two rows redrawn', 'a 1\nb 1\x1b[1A\ra 2\nb 2\n', 'a 2\nb 2\n'],
    ['rows below erased', 'one\ntwo\nthree\x1b[2A\r\x1b[J1\n', '1\n'],
    ['the screen cleared for each frame', '\x1b[H\x1b[2J1\n\x1b[H\x1b[2J2\n', '2\n'],
    ['the start of the line erased', 'abcdef\x1b[3D\x1b[1K', '    ef'],
    ['the rows above erased', 'one\ntwo\nthree\b\x1b[1J!', '    !'],
    ['moving above the first row', 'x\x1b[9A\ry', 'y'],
    ['private modes', 'a\x1b[?2Jb\x1b[>1Ac\n', 'abc\n'],
    ['colours', '\x1b[1;31mError\x1b[0m: no\n', 'Error: no\n'],
    ['a tab nobody drew over', 'a\tb\x1b[0m\n', 'a\tb\n'],
    ['a tab drawn over', 'a\tb\rxyz\n', 'xyz     b\n'],
    ['half a wide character drawn over', '漢字\rx', 'x 字'],
    ['pages of a form feed', 'one\ftwo', 'one\ntwo'],
  ])('folds %s', (_, text, shown) => {
    expect(cleanTerminalText(text)).toBe(shown);
  });

  it.each([
    ['a link', '\x1b]8;;javascript:alert(1)\x1b\\text\x1b]8;;\x1b\\', 'text'],
    ['a clipboard write', 'a\x1b]52;c;ZXZpbA==\x07b', 'ab'],
    ['8-bit controls', 'a\x9b31mb\x9d0;t\x9cc\x85d', 'abcd'],
    [
      'device and private strings',
      'a\x1bP1\n2\x1b\\b\x1b_x\x1b\\c\x1b^y\x1b\\d\x1bXz\x1b\\e',
      'abcde',
    ],
    ['a cut sequence at the end', 'a\x1b[38;5', 'a'],
    ['a lone escape at the end', 'a\x1b', 'a'],
    ['a title without an end, only up to the end of its line', 'a\x1b]0;title\nb', 'a\nb'],
    ['a sequence cut by a newline', 'a\x1b[12\nb', 'a\nb'],
    ['character sets', '\x1b(0a\x1b)Bb\x0ec\x0f', 'abc'],
    ['overrides of the reading direction', 'a\u202eb\u2066c\u2069\u200f\u061cd', 'abcd'],
    ['zero-width characters', 'pass\u200bword\u2060\ufeff\u00ad', 'password'],
    ['hidden tag characters', 'hi\u{e0049}\u{e0067}\u{e01ef}', 'hi'],
    ['joiners between Latin letters', 'a\u200db\u200cc', 'abc'],
    ['a message in joiners', '漢\u200c\u200d\u200c\u200c', '漢\u200c'],
    ['a message in variation selectors', 'x\ufe01\ufe02\ufe03', 'x\ufe01'],
    ['an escape hidden by a zero-width character', 'a\x1b\u200b[31mb', 'ab'],
    ['NUL and DEL', 'a\0b\x7fc', 'abc'],
  ])('drops %s', (_, text, shown) => {
    expect(cleanTerminalText(text)).toBe(shown);
  });

  it('keeps joiners and selectors where a script needs them', () => {
    for (const text of [
      'می\u200cخواهم',
      'क्\u200dष',
      '\u{1f469}\u200d\u{1f4bb}',
      '❤\ufe0f',
      '1\ufe0f\u20e3',
    ]) {
      expect(cleanTerminalText(`\x1b[m${text}`)).toBe(text);
    }
  });

  it('replaces lone surrogates', () => {
    expect(cleanTerminalText('a\ud800b\udc00')).toBe('a\ufffdb\ufffd');
  });

  it('never lets a control or invisible character through', () => {
    const hostile = fc.string({
      unit: fc.oneof(
        fc.constantFrom(
          '\x1b',
          '[',
          ']',
          'P',
          '\\',
          '1',
          ';',
          'A',
          'K',
          'H',
          '\r',
          '\n',
          '\t',
          '漢',
        ),
        fc.integer({ min: 0, max: 0xff }).map((code) => String.fromCharCode(code)),
        fc.constantFrom('\u200b', '\u202e', '\u200d', '\ufe0f', '\ud83d', '\u{e0041}', '\u0301'),
      ),
      maxLength: 200,
    });
    fc.assert(
      fc.property(hostile, (text) => {
        const shown = cleanTerminalText(text);
        expect(shown).not.toMatch(
          /[[\p{Cc}--[\t\n]]\u202a-\u202e\u2066-\u2069\u200b\u{e0000}-\u{e01ef}\p{Cs}]/v,
        );
        expect(shown.length).toBeLessThanOrEqual(3 * text.length + 4096);
      }),
      { numRuns: 800 },
    );
  });

  it.each([
    '\x1b]8;;',
    '\x1b[',
    '1;',
    '\r',
    ' ',
    '(',
    '\b',
    '\x1b[A',
    '\x1b[1K',
    '\x1b[2Kx',
    '\x1b[999Cx\n',
    '\x9d\n',
    '\x1b[1J\n',
  ])('cleans 1 MB of %j at the pace of ordinary lines', (unit) => {
    const text = `${'é'.repeat(100_000)}\x1b[m${unit.repeat(Math.ceil(1e6 / unit.length))}`;
    let shown = '';
    const clean = (): void => void (shown = cleanTerminalText(text));
    const ordinary = (): void => void cleanTerminalText(ORDINARY);
    expect(processorRatio(clean, ordinary, 20)).toBeLessThan(20);
    expect(shown.length).toBeLessThan(4 * text.length);
  });
});

describe('cleanLongText', () => {
  it('shows the same as if all were cleaned at once', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(pieces, { minLength: 10, maxLength: 30 }), async (lists) => {
        const text = lists.flat().join('').repeat(30);
        expect(await cleanLongText(text)).toBe(cleanTerminalText(text));
      }),
      { numRuns: 30 },
    );
  });
});
