import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { recordGap } from '../../../../src/output/files/output-gap.ts';
import { patternFinder } from '../../../../src/output/search/pattern-finder.ts';
import { compilePattern } from '../../../../src/output/search/pattern.ts';
import {
  type LineSearch,
  LONGEST_LINE,
  searchLines,
} from '../../../../src/output/search/search-lines.ts';
import { showHits } from '../../../../src/output/search/show-hits.ts';

let folder: string;
let files = 0;
beforeAll(() => void (folder = mkdtempSync(join(tmpdir(), 'python-mcp-search-'))));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function newFile(content: string | Uint8Array): string {
  const path = join(folder, String((files += 1)));
  writeFileSync(path, content);
  return path;
}

function search(path: string, pattern: string, options: Partial<LineSearch> = {}) {
  return searchLines(path, {
    finder: patternFinder(compilePattern(pattern, 'search')),
    from: 0,
    maxHits: 100_000,
    deadline: performance.now() + 30_000,
    ...options,
  });
}

async function show(path: string, pattern: string, contextLines = 0, maxBytes = 40_000) {
  const { hits } = await search(path, pattern);
  return showHits(path, hits, { contextLines, maxBytes, raw: false });
}

describe('a search', () => {
  test('finds every line that matches, with its offset, whatever the lines are like', async () => {
    const line = fc.tuple(
      fc.integer({ min: 0, max: 3000 }),
      fc.constantFrom('', 'needle', 'needle needle', 'nee', 'é😀'),
      fc.nat(200),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(line, { maxLength: 120 }), fc.boolean(), async (parts, ended) => {
        const lines = parts.map(
          ([before, word, after]) => 'a'.repeat(before) + word + 'é'.repeat(after),
        );
        const text = lines.join('\n') + (ended ? '\n' : '');
        const result = await search(newFile(text), 'needle');
        const expected: number[] = [];
        let at = 0;
        for (const one of lines) {
          if (one.includes('needle')) expected.push(at);
          at += Buffer.byteLength(one) + 1;
        }
        expect(result.hits.map((hit) => hit.from)).toEqual(expected);
        expect(result).toMatchObject({ count: expected.length, to: Buffer.byteLength(text) });
      }),
      { numRuns: 40 },
    );
  }, 60_000);

  test('finds each match once in one long line, and shows what is around it', async () => {
    const distances = [0, 5000, 16_380, 17_000, 40_000, 70_000, 200_000, 1_000_000];
    const bytes = Buffer.alloc(1_200_000, 'x');
    for (const distance of distances) bytes.write('needle', distance);
    const path = newFile(bytes);
    const result = await search(path, 'needle');
    expect(result.hits.map(({ offset }) => offset)).toEqual(distances);
    const { text } = await showHits(path, result.hits.slice(1, 2), {
      contextLines: 2,
      maxBytes: 8192,
      raw: false,
    });
    expect(text).toMatch(/^4800:…x{200}needlex{194}…\n$/);
  });

  test('knows the borders of a long line', async () => {
    const path = newFile(`first\n${'x'.repeat(300_000)}end\nlast\n`);
    expect((await search(path, '^x')).hits.map(({ offset }) => offset)).toEqual([6]);
    expect((await search(path, 'd$')).hits.map(({ offset }) => offset)).toEqual([300_008]);
    expect((await search(path, '^last$')).count).toBe(1);
  });

  test('gives offsets in bytes also where the output is no text', async () => {
    const path = newFile(Buffer.from([0xff, 0xfe, 0x80, 0x0a, 0xc3, 0x6f, 0x6b, 0x0a]));
    expect((await search(path, 'ok')).hits[0]).toMatchObject({ offset: 5, from: 4, to: 7 });
  });

  test('goes on from where it was, and counts more than it returns', async () => {
    const path = newFile('hit\n'.repeat(50_000));
    const first = await search(path, 'hit', { maxHits: 10 });
    expect(first).toMatchObject({ count: 50_000, to: 200_000, size: 200_000 });
    expect(first.hits).toHaveLength(10);
    expect((await search(path, 'hit', { from: 100_000 })).count).toBe(25_000);
  });

  test('stops when its time is up, and says how far it came', async () => {
    const path = newFile('a hostile line of aaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!\n'.repeat(100_000));
    const result = await search(path, '(?i)(h|a)+x', { deadline: performance.now() + 20 });
    expect(result.to).toBeGreaterThan(0);
    expect(result.to).toBeLessThan(result.size);
    const rest = await search(path, '(?i)(h|a)+x', { from: result.to });
    expect(rest.to).toBe(result.size);
  });

  test('does not look into a gap', async () => {
    const path = newFile(`${'hit\n'.repeat(10)}${'\0'.repeat(8192)}hit\n`);
    await recordGap(path, { from: 40, to: 40 + 8192 });
    const result = await search(path, 'hit|\\x00');
    expect(result).toMatchObject({ count: 11, skipped: { from: 40, to: 8232 } });
  });

  test.each([
    ['(', /search: "\(" is not a pattern/],
    ['(?=x)', /is not a pattern/],
    ['(x{1000}){3}', /is (too large|not) a/],
    ['x'.repeat(2000), /too large a pattern/],
  ])('refuses %.20s', (pattern, message) => {
    expect(() => compilePattern(pattern, 'search')).toThrow(message);
  });
});

describe('hits', () => {
  const numbered = Array.from({ length: 30 }, (_, line) => `line ${line}`).join('\n');

  test('are shown with their offsets and the lines around them', async () => {
    const { text } = await show(newFile('one\ntwo\nthree\nfour\nfive\n'), 'three', 1);
    expect(text).toBe('4-two\n8:three\n14-four\n');
  });

  test('share lines between them, and are parted where some are left out', async () => {
    const { text } = await show(newFile(numbered), 'line (3|5|20)$', 1);
    expect(text).toBe(
      '14-line 2\n21:line 3\n28-line 4\n35:line 5\n42-line 6\n--\n' +
        '142-line 19\n150:line 20\n158-line 21\n',
    );
  });

  test('fill the budget and no more, but one is always shown', async () => {
    const path = newFile(numbered);
    const some = await show(path, 'line', 0, 40);
    expect(some).toMatchObject({ text: '0:line 0\n7:line 1\n14:line 2\n21:line 3\n', count: 4 });
    expect(some.next).toBe(28);
    const long = newFile(`${'y'.repeat(LONGEST_LINE - 1)}\n`);
    const one = await show(long, 'y', 0, 200);
    expect(Buffer.byteLength(one.text)).toBeLessThanOrEqual(200);
    expect(one.count).toBe(1);
  });

  test('have no terminal control in them', async () => {
    const { text } = await show(
      newFile('\x1b[31mred\x1b[0m \x1b]8;;javascript:x\x07link\n'),
      'red',
    );
    expect(text).toBe('0:red link\n');
  });
});
