import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { SearchMatch } from '../../../../src/contract/replies/pages-and-matches.ts';
import { searchMatches } from '../../../../src/jobs/read/search-matches.ts';
import { recordGap } from '../../../../src/output/files/output-gap.ts';
import { packOutput } from '../../../../src/output/files/pack-output.ts';

let folder: string;
let files = 0;
beforeAll(() => void (folder = mkdtempSync(join(tmpdir(), 'python-mcp-matches-'))));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function newFile(content: string | Uint8Array): string {
  const path = join(folder, String((files += 1)));
  writeFileSync(path, content);
  return path;
}

/** Page after page, as a client asks. */
async function allMatches(path: string, text: string, limit = 3): Promise<SearchMatch[]> {
  const found: SearchMatch[][] = [];
  for (const isPattern of [false, true]) {
    const matches: SearchMatch[] = [];
    for (let from: number | null = 0; from !== null;) {
      const page = await searchMatches(path, { stream: 'stdout', text, isPattern, from, limit });
      expect(page.matches.length).toBeLessThanOrEqual(limit);
      expect(page.next === null || page.next === page.searched_to).toBe(true);
      matches.push(...page.matches);
      from = page.next;
    }
    found.push(matches);
  }
  expect(found[0]).toEqual(found[1]);
  return found[0] ?? [];
}

function offsetsOf(matches: SearchMatch[]): number[] {
  return matches.map(({ offset }) => offset);
}

test('every occurrence is told, several of a line too, each once', async () => {
  const matches = await allMatches(newFile('ab ab\nxab\n\nb\nababab'), 'ab');
  expect(offsetsOf(matches)).toEqual([0, 3, 7, 13, 15, 17]);
  expect(matches[1]).toEqual({ stream: 'stdout', offset: 3, line_offset: 0, line: 'ab ab' });
});

test('a search goes on inside a long line, and its borders stay where they are', async () => {
  const bytes = Buffer.alloc(900_000, 'x');
  const offsets = [0, 1, 260_000, 262_140, 262_144, 524_280, 600_000, 899_999];
  for (const offset of offsets) bytes[offset] = 0x21;
  const path = newFile(bytes);
  expect(offsetsOf(await allMatches(path, '!', 1))).toEqual(offsets);
  const request = { stream: 'stdout' as const, text: '^!|!$', isPattern: true, limit: 10 };
  for (const [from, expected] of [
    [0, [0, 899_999]],
    [1, [899_999]],
    [262_140, [899_999]],
  ] as const) {
    const { matches } = await searchMatches(path, { ...request, from });
    expect(offsetsOf(matches)).toEqual(expected);
  }
});

test('what is shown of a long line has the match in it, and whole characters', async () => {
  const line = `${'é'.repeat(1000)}needle${'😀'.repeat(1000)}`;
  const [match] = await allMatches(newFile(`first\n${line}\n`), 'needle');
  expect(match?.line).toContain('éneedle😀');
  expect(Array.from(match?.line ?? '')).toHaveLength(400);
  const shownFrom = (match?.line_offset ?? 0) - 6;
  expect(
    Buffer.from(line)
      .subarray(shownFrom)
      .toString()
      .startsWith(match?.line ?? '-'),
  ).toBe(true);
});

test('an empty match is told once for each character', async () => {
  const path = newFile('a😀b');
  const request = { stream: 'stdout' as const, text: 'z*', isPattern: true, from: 0, limit: 10 };
  const { matches } = await searchMatches(path, request);
  expect(offsetsOf(matches)).toEqual([0, 1, 5]);
});

test('output with a gap is searched on both sides of it, packed or not', async () => {
  const path = newFile(`${'hit\n'.repeat(300_000)}${'\0'.repeat(8192)}x hit\n`);
  await recordGap(path, { from: 1_200_000, to: 1_208_192 });
  const request = { stream: 'stdout' as const, text: 'hit', isPattern: false, limit: 1000 };
  const look = async () => [
    await searchMatches(path, { ...request, from: 1_199_990 }),
    await searchMatches(path, { ...request, text: '^x|^hit', isPattern: true, from: 1_199_994 }),
  ];
  const plain = await look();
  expect(plain.map(({ matches }) => offsetsOf(matches))).toEqual([
    [1_199_992, 1_199_996, 1_208_194],
    [1_199_996, 1_208_192],
  ]);
  expect(await packOutput(path, new AbortController().signal)).toBe(true);
  expect(await look()).toEqual(plain);
});

test('looking back, the last matches before an offset are told, step by step to the start', async () => {
  const lines = Array.from({ length: 40_000 }, (_, n) =>
    n % 9_000 === 5 ? `hit ${n}` : 'x'.repeat(99),
  );
  const path = newFile(`${lines.join('\n')}\n`);
  const found: string[] = [];
  for (let before: number | null = Number.MAX_SAFE_INTEGER; before !== null;) {
    const asked = { stream: 'stdout', text: 'hit', isPattern: false, from: 0, limit: 1 } as const;
    const page = await searchMatches(path, { ...asked, before });
    found.push(...page.matches.map(({ line }) => line));
    before = page.matches[0]?.offset ?? page.next;
  }
  expect(found).toEqual(['hit 36005', 'hit 27005', 'hit 18005', 'hit 9005', 'hit 5']);
});

test('a match that lies across the border of two steps is found once', async () => {
  const path = newFile(`${'a'.repeat(99)}hit\n${'b'.repeat(1024 * 1024 - 2)}\n`);
  const asked = { stream: 'stdout', text: 'hit', isPattern: false, from: 0, limit: 5 } as const;
  const offsets: number[] = [];
  for (let before: number | null = 1024 * 1024 + 101; before !== null;) {
    const page = await searchMatches(path, { ...asked, before });
    offsets.push(...page.matches.map(({ offset }) => offset));
    before = page.next;
  }
  expect(offsets).toEqual([99]);
});
