import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Cursor, START } from '../../../../src/core/cursor.ts';
import {
  createJobFolder,
  jobFolder,
  type JobFolder,
} from '../../../../src/output/files/job-folder.ts';
import {
  type OrderedPage,
  placeInOrder,
  readBackward,
  readForward,
} from '../../../../src/output/order/ordered-page.ts';
import { recordGap } from '../../../../src/output/files/output-gap.ts';

let root: string;
let jobs = 0;
beforeAll(() => void (root = mkdtempSync(join(tmpdir(), 'python-mcp-ordered-'))));
afterAll(() => rmSync(root, { recursive: true, force: true }));

type Print = [stream: 'stdout' | 'stderr', text: string];

/** What a script printed, noted after each print as the runtime does when the stream changes. */
interface Printed {
  folder: JobFolder;
  end: Cursor;
  stdout: Buffer;
  stderr: Buffer;
}

function printed(prints: Print[], noted = true): Printed {
  const folder = jobFolder(root, String((jobs += 1)));
  createJobFolder(folder);
  const texts = { stdout: '', stderr: '' };
  const notes = prints.map(([stream, text]) => {
    texts[stream] += text;
    return [Buffer.byteLength(texts.stdout), Buffer.byteLength(texts.stderr)];
  });
  const [stdout, stderr] = [Buffer.from(texts.stdout), Buffer.from(texts.stderr)];
  writeFileSync(folder.stdout, stdout);
  writeFileSync(folder.stderr, stderr);
  if (noted) writeFileSync(folder.order, noteFile(notes as [number, number][]));
  return { folder, stdout, stderr, end: { stdout: stdout.length, stderr: stderr.length } };
}

function noteFile(notes: [number, number][]): Buffer {
  const bytes = Buffer.alloc(notes.length * 24);
  notes.forEach(([stdout, stderr], place) => {
    bytes.writeBigUInt64LE(BigInt(stdout), place * 24 + 8);
    bytes.writeBigUInt64LE(BigInt(stderr), place * 24 + 16);
  });
  return bytes;
}

function forward({ folder, end }: Printed, maxBytes: number, from = START): OrderedPage[] {
  const pages: OrderedPage[] = [];
  for (let cursor = from; ;) {
    const page = readForward(folder, cursor, end, maxBytes, true);
    if (page.segments.length === 0) return pages;
    pages.push(page);
    cursor = page.next;
  }
}

function backward({ folder, end }: Printed, maxBytes: number): OrderedPage[] {
  const pages: OrderedPage[] = [];
  for (let cursor = end; ;) {
    const page = readBackward(folder, cursor, maxBytes, true);
    if (page.segments.length === 0) return pages;
    expect(page.next).toEqual(cursor);
    pages.unshift(page);
    cursor = page.from;
  }
}

/** Bytes of one stream, which join without a gap but the one that is told. */
function bytesOf(pages: OrderedPage[], wanted: 'stdout' | 'stderr'): Buffer {
  let at = 0;
  const parts: Uint8Array[] = [];
  for (const { stream, from, next, bytes, skipped } of pages.flatMap(({ segments }) => segments)) {
    if (stream !== wanted) continue;
    if (skipped) {
      expect(skipped).toEqual({ from: at, to: from });
      parts.push(Buffer.alloc(skipped.to - skipped.from, '-'));
    } else expect(from).toBe(at);
    expect(next).toBe(from + bytes.length);
    parts.push(bytes);
    at = next;
  }
  return Buffer.concat(parts);
}

const textOf = (pages: OrderedPage[]) =>
  pages
    .flatMap(({ segments }) => segments.map(({ bytes }) => Buffer.from(bytes).toString()))
    .join('');

const line = fc.string({ unit: fc.constantFrom('a', 'é', '€', '😀', '\r'), maxLength: 60 });
const print = fc.tuple(
  fc.constantFrom('stdout' as const, 'stderr' as const),
  fc.array(line, { maxLength: 3 }).map((lines) => lines.join('\n')),
);
const prints = fc.array(print, { maxLength: 60 });
const pageBytes = fc.integer({ min: 200, max: 600 });

describe('pages of both streams', () => {
  test('forwards and backwards are both files, with notes and without', () => {
    fc.assert(
      fc.property(prints, fc.boolean(), pageBytes, (given, noted, maxBytes) => {
        const job = printed(given, noted);
        for (const pages of [forward(job, maxBytes), backward(job, maxBytes)]) {
          expect(bytesOf(pages, 'stdout').equals(job.stdout)).toBe(true);
          expect(bytesOf(pages, 'stderr').equals(job.stderr)).toBe(true);
        }
      }),
      { numRuns: 200 },
    );
  });

  const rounds = Array.from({ length: 300 }, (_, n): Print[] => [
    ['stdout', `step ${n}\n`],
    ['stderr', `warning ${n}\n`],
  ]).flat();
  const inOrder = rounds.map(([, text]) => text).join('');

  test('have their lines in the order in which they were printed, from either end', () => {
    const job = printed(rounds);
    expect(textOf(forward(job, 500))).toBe(inOrder);
    expect(textOf(backward(job, 500))).toBe(inOrder);
  });

  test('go on in that order where a page of the most notes ends', () => {
    const many = Array.from({ length: 12_000 }, (_, n): Print => [
      n % 2 === 0 ? 'stdout' : 'stderr',
      `${n}\n`,
    ]);
    const job = printed(many);
    const text = many.map(([, one]) => one).join('');
    expect(textOf(forward(job, 1_000_000))).toBe(text);
    expect(textOf(backward(job, 1_000_000))).toBe(text);
  });

  test('begin at any byte of either stream, and in the middle go both ways', () => {
    const job = printed(rounds);
    const { folder, end } = job;
    const offset = job.stderr.indexOf('warning 150\n');
    const place = placeInOrder(folder, 'stderr', offset, end);
    expect(textOf([readForward(folder, place, end, 200, true)])).toMatch(
      /^warning 150\nstep 151\nwarning 151\n/,
    );
    expect(textOf([readBackward(folder, place, 200, true)])).toMatch(/\nwarning 149\nstep 150\n$/);
  });

  test('begin before the first note and behind the last', () => {
    const { folder, end } = printed([
      ['stdout', 'a\nb\n'],
      ['stderr', 'c\n'],
    ]);
    expect(placeInOrder(folder, 'stdout', 2, end)).toEqual({ stdout: 2, stderr: 0 });
    expect(placeInOrder(folder, 'stderr', 0, end)).toEqual({ stdout: 4, stderr: 0 });
    expect(placeInOrder(folder, 'stderr', 2, end)).toEqual({ stdout: 4, stderr: 2 });
    rmSync(folder.order);
    expect(placeInOrder(folder, 'stderr', 0, end)).toEqual({ stdout: 4, stderr: 0 });
  });

  test('never put two streams on one line, also not at the end of a page', () => {
    const halves = Array.from({ length: 100 }, (_, n): Print[] => [
      ['stdout', `begin ${n}`],
      ['stderr', `warning ${n}\n`],
      ['stdout', ` end ${n}\n`],
    ]).flat();
    const text = textOf(forward(printed(halves), 200));
    expect(text.split('\n').filter((one) => /\d[a-z]/.test(one))).toEqual([]);
    expect(text).toContain('warning 50\nbegin 50 end 50\n');
  });

  test('show the unfinished line at the end, and do not wait for one that is drawn over and over', () => {
    const job = printed([['stdout', 'ready\n> ']]);
    expect(textOf(forward(job, 200))).toBe('ready\n> ');
    const bar = Array.from({ length: 400 }, (_, n): Print[] => [
      ['stderr', `\r${n}%|####      |`],
      ['stdout', `step ${n}\n`],
    ]).flat();
    expect(forward(printed(bar), 2_000).length).toBeLessThan(10);
  });
});

describe('a gap', () => {
  const steps = Array.from({ length: 400 }, (_, n): Print[] => [
    ['stdout', `step ${n} of a long run\n`],
    ['stderr', n % 10 === 0 ? `warning ${n}\n` : ''],
  ]).flat();

  async function withGap() {
    const job = printed(steps);
    const gap = {
      from: job.stdout.indexOf('step 50 '),
      to: job.stdout.indexOf('step 300 '),
    };
    await recordGap(job.folder.stdout, gap);
    const kept = Buffer.from(job.stdout).fill('-', gap.from, gap.to);
    return { job, gap, kept };
  }

  test.each([200, 700, 5_000, 1_000_000])(
    'is told, and nothing else is missing (%i)',
    async (max) => {
      const { job, kept } = await withGap();
      for (const pages of [forward(job, max), backward(job, max)]) {
        expect(bytesOf(pages, 'stdout').equals(kept)).toBe(true);
        expect(bytesOf(pages, 'stderr').equals(job.stderr)).toBe(true);
      }
    },
  );

  test('does not change the order of what the other stream printed meanwhile', async () => {
    const { job } = await withGap();
    for (const pages of [forward(job, 700), backward(job, 700), forward(job, 1_000_000)]) {
      const numbers = [...textOf(pages).matchAll(/(?:step|warning) (\d+)/g)].map(([, n]) =>
        Number(n),
      );
      expect(numbers).toEqual(numbers.toSorted((a, b) => a - b));
      expect(numbers.length).toBe(150 + 40);
    }
  });
});

test('what a job may write in place of the notes costs it the order, and nobody else anything', () => {
  const job = printed(
    [
      ['stdout', 'one\ntwo\n'],
      ['stderr', 'three\n'],
    ],
    false,
  );
  const behindTheEnd: [number, number][] = [
    [2 ** 50, 0],
    [0, 2 ** 50],
    [3, 1],
  ];
  for (const content of [noteFile(behindTheEnd), Buffer.alloc(30, 0xff)]) {
    writeFileSync(job.folder.order, content);
    for (const pages of [forward(job, 200), backward(job, 200)]) {
      expect(bytesOf(pages, 'stdout').equals(job.stdout)).toBe(true);
      expect(bytesOf(pages, 'stderr').equals(job.stderr)).toBe(true);
    }
  }
  rmSync(job.folder.order);
  symlinkSync('/etc/hostname', job.folder.order);
  expect(textOf(forward(job, 200))).toBe('one\ntwo\nthree\n');
});
