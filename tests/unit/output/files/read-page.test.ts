import { appendFileSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { decodeUtf8 } from '../../../../src/output/files/code-points.ts';
import { recordGap } from '../../../../src/output/files/output-gap.ts';
import { readBefore, readPage, readTail } from '../../../../src/output/files/read-page.ts';

let folder: string;
let files = 0;
beforeAll(() => void (folder = mkdtempSync(join(tmpdir(), 'python-mcp-pages-'))));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function newFile(content: Uint8Array = new Uint8Array()): string {
  const path = join(folder, String((files += 1)));
  writeFileSync(path, content);
  return path;
}

/** What scripts print: text of all widths, redraws, and bytes that are no text at all. */
const piece = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 20 }).map((text) => Buffer.from(text.toWellFormed())),
  fc.constantFrom('é', '€', '😀', '\r', '\r\n', '\n', '\u{feff}').map((text) => Buffer.from(text)),
  fc.uint8Array({ maxLength: 6 }).map((bytes) => Buffer.from(bytes)),
  fc
    .constantFrom([0xc3], [0xe2, 0x82], [0xf0, 0x9f, 0x98], [0xff], [0x80, 0x80], [0xed, 0xa0])
    .map((bytes) => Buffer.from(bytes)),
);
const output = fc.array(piece, { maxLength: 40 }).map((pieces) => Buffer.concat(pieces));

/** How a script writes it: pieces of any length, cut anywhere. */
const chunking = fc.array(fc.integer({ min: 1, max: 12 }), { maxLength: 60 });

interface Reader {
  position: number;
  bytes: Uint8Array[];
  text: string;
}

describe('pages read one after the other', () => {
  test('are the file, for any output, chunking, page sizes and number of readers', () => {
    const pageSizes = fc.array(fc.integer({ min: 4, max: 64 }), { minLength: 1, maxLength: 3 });
    fc.assert(
      fc.property(output, chunking, pageSizes, (whole, chunks, sizes) => {
        const path = newFile();
        const readers = sizes.map((): Reader => ({ position: 0, bytes: [], text: '' }));
        const readAll = (ended: boolean) =>
          readers.forEach((reader, index) => readOn(path, reader, sizes[index] ?? 4, ended));
        let written = 0;
        for (const length of [...chunks, whole.length]) {
          appendFileSync(path, whole.subarray(written, written + length));
          written += length;
          readAll(false);
        }
        readAll(true);
        for (const reader of readers) {
          expect(Buffer.concat(reader.bytes)).toEqual(whole);
          expect(reader.text).toBe(decodeUtf8(whole));
        }
      }),
      { numRuns: 300 },
    );
  });

  test('grow with the file without ever moving back or over its end', () => {
    fc.assert(
      fc.property(output, fc.nat(200), fc.integer({ min: 4, max: 64 }), (whole, from, size) => {
        const path = newFile(whole);
        const page = readPage(path, from, size, false);
        expect(page).toMatchObject({ from, size: whole.length });
        expect(page.next).toBe(from + page.bytes.length);
        expect(page.bytes.length).toBeLessThanOrEqual(size);
        expect(Buffer.from(page.bytes)).toEqual(whole.subarray(from, page.next));
      }),
    );
  });
});

function readOn(path: string, reader: Reader, size: number, ended: boolean): void {
  for (;;) {
    const page = readPage(path, reader.position, size, ended);
    if (page.bytes.length === 0) return;
    reader.position = page.next;
    reader.bytes.push(page.bytes);
    reader.text += decodeUtf8(page.bytes);
  }
}

describe('a character cut in two by the writer', () => {
  const half = Buffer.from('a€').subarray(0, 3);

  test('waits for its other half while the writer lives', () => {
    const path = newFile(half);
    expect(decodeUtf8(readPage(path, 0, 100, false).bytes)).toBe('a');
    appendFileSync(path, Buffer.from('€').subarray(2));
    expect(decodeUtf8(readPage(path, 1, 100, false).bytes)).toBe('€');
  });

  test('is delivered as it is after the end', () => {
    expect(readPage(newFile(half), 0, 100, true).next).toBe(3);
  });

  test('does not hold back bytes that can never become a character', () => {
    expect(readPage(newFile(Buffer.from([0x61, 0xff])), 0, 100, false).next).toBe(2);
    expect(readPage(newFile(Buffer.from([0x61, 0xc0])), 0, 100, false).next).toBe(2);
  });
});

test('a page size below one character reads a whole one, so reading never stands still', () => {
  expect(decodeUtf8(readPage(newFile(Buffer.from('😀😀')), 0, 1, false).bytes)).toBe('😀');
});

describe('the tail', () => {
  test('begins and ends with whole characters and is the end of the file', () => {
    const text = fc.string({ unit: 'grapheme', maxLength: 60 });
    fc.assert(
      fc.property(text, fc.integer({ min: 4, max: 40 }), (whole, size) => {
        const bytes = Buffer.from(whole);
        const tail = readTail(newFile(bytes), size, true);
        expect(tail.next).toBe(bytes.length);
        expect(Buffer.from(tail.bytes)).toEqual(bytes.subarray(tail.from));
        expect(decodeUtf8(tail.bytes)).not.toContain('\u{fffd}');
        expect(tail.bytes.length).toBeGreaterThan(Math.min(bytes.length, size) - 4);
      }),
    );
  });
});

describe('pages read one before the other', () => {
  function readBack(path: string, size: number, pageBytes: number): Buffer {
    const parts: Uint8Array[] = [];
    for (let before = size; before > 0;) {
      const { bytes, from, next, skipped } = readBefore(path, before, pageBytes, true);
      expect(next).toBe(before);
      expect(next - from).toBe(bytes.length);
      parts.unshift(bytes);
      if (skipped) {
        expect(skipped.to).toBe(from);
        parts.unshift(Buffer.alloc(skipped.to - skipped.from, '-'));
      }
      before = skipped?.from ?? from;
    }
    return Buffer.concat(parts);
  }

  test('are the file, for any text and page size', () => {
    const text = fc.string({ unit: 'grapheme', maxLength: 200 });
    fc.assert(
      fc.property(text, fc.integer({ min: 8, max: 64 }), (whole, size) => {
        const bytes = Buffer.from(whole);
        expect(readBack(newFile(bytes), bytes.length, size)).toEqual(bytes);
      }),
    );
  });

  test.each([8, 100, 10_000])('tell a gap, and are all that is left (%i)', async (pageBytes) => {
    const whole = Buffer.from(Array.from({ length: 100 }, (_, n) => `line ${n}\n`).join(''));
    const path = newFile(whole);
    const gap = { from: whole.indexOf('line 20'), to: whole.indexOf('line 80') };
    await recordGap(path, gap);
    const kept = Buffer.from(whole).fill('-', gap.from, gap.to);
    expect(readBack(path, whole.length, pageBytes).toString()).toBe(kept.toString());
    for (const before of [gap.from + 1, gap.to - 1, gap.to]) {
      expect(readBefore(path, before, 100, true).next).toBe(gap.from);
    }
  });
});

describe('what is no output file', () => {
  test('reads as empty while it does not exist', () => {
    const page = readPage(join(folder, 'none'), 7, 100, false);
    expect(page).toEqual({ bytes: new Uint8Array(), from: 7, next: 7, size: 0 });
  });

  test('is not followed when a script has put a link in its place', () => {
    const path = join(folder, 'link');
    symlinkSync('/etc/hostname', path);
    const page = readPage(path, 0, 100, false);
    expect(page).toEqual({ bytes: new Uint8Array(), from: 0, next: 0, size: 0 });
  });

  test('reads as empty when it is a folder', () => {
    expect(readPage(folder, 0, 100, true).bytes.length).toBe(0);
  });
});
