import { appendFileSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { gapOf } from '../../../../src/output/files/output-file.ts';
import { recordGap } from '../../../../src/output/files/output-gap.ts';
import { packOutput } from '../../../../src/output/files/pack-output.ts';
import { readBefore, readBytes, readPage } from '../../../../src/output/files/read-page.ts';
import { keepFingerprints } from '../../../../src/output/secrets/job-mask.ts';

const SECRET = 's3cr3t-välue';
const OTHER = 's3cr3t-välue-and-more';
const VALUES = [SECRET, OTHER, 'sssssssss'].map((value) => Buffer.from(value));

let root: string;
let folders = 0;
beforeAll(() => void (root = mkdtempSync(join(tmpdir(), 'python-mcp-masked-'))));
afterAll(() => rmSync(root, { recursive: true, force: true }));

/** The log of a job that was given the values. */
function newLog(content: Uint8Array | string = ''): string {
  const folder = join(root, String((folders += 1)));
  mkdirSync(folder);
  keepFingerprints(folder, VALUES);
  const path = join(folder, 'stdout.log');
  writeFileSync(path, content);
  return path;
}

const stars = (text: string): string => '*'.repeat(Buffer.byteLength(text));
/** What readers are to be shown, found by looking for the values themselves. */
function covered(whole: Buffer): Buffer {
  const shown = Buffer.from(whole);
  for (const value of VALUES) {
    for (let at = whole.indexOf(value); at >= 0; at = whole.indexOf(value, at + 1)) {
      shown.fill('*', at, at + value.length);
    }
  }
  return shown;
}

const piece = fc.oneof(
  fc.constantFrom(SECRET, OTHER, 'sssssssss', 's', '3cr3t', 's3cr3t-v', '\n', ' ', 'é', '***'),
  fc.string({ maxLength: 8 }),
);
/** Ends with what begins no value: what is cut off there has a test of its own. */
const output = fc
  .array(piece, { maxLength: 25 })
  .map((pieces) => Buffer.from(`${pieces.join('')}${'\n'.repeat(32)}`));

describe('output of a job with secrets', () => {
  test('is covered at the same places, however it is cut', () => {
    fc.assert(
      fc.property(output, fc.integer({ min: 1, max: 40 }), fc.nat(60), (whole, size, start) => {
        const path = newLog(whole);
        const shown = covered(whole);
        for (let from = start; from < whole.length; from += size) {
          expect(readBytes(path, from, size)).toEqual(shown.subarray(from, from + size));
        }
        const { bytes, from, next } = readBefore(path, start, size, true);
        expect(Buffer.from(bytes)).toEqual(shown.subarray(from, next));
      }),
    );
  });

  test('comes to a reader beside the writer without a byte of them', () => {
    const chunks = fc.array(fc.integer({ min: 1, max: 9 }), { maxLength: 60 });
    fc.assert(
      fc.property(output, chunks, (whole, lengths) => {
        const path = newLog();
        let [written, position] = [0, 0];
        const read: Uint8Array[] = [];
        const readOn = (ended: boolean): void => {
          for (;;) {
            const page = readPage(path, position, 16, ended);
            if (page.bytes.length === 0) return;
            read.push(page.bytes);
            position = page.next;
          }
        };
        for (const length of [...lengths, whole.length]) {
          appendFileSync(path, whole.subarray(written, written + length));
          written += length;
          readOn(false);
        }
        readOn(true);
        expect(Buffer.concat(read)).toEqual(covered(whole));
      }),
    );
  });

  test('that ends within a value shows its beginning only where that is short', () => {
    const shown = (text: string): string => readPage(newLog(text), 0, 100, true).bytes.toString();
    expect(shown(`a ${SECRET.slice(0, 9)}`)).toBe(`a ${stars(SECRET.slice(0, 9))}`);
    expect(shown('a s3')).toBe('a s3');
    const running = readPage(newLog('a s3'), 0, 100, false);
    expect([Buffer.from(running.bytes).toString(), running.size]).toEqual(['a ', 4]);
  });

  test('is not held back where no value goes on: a question is there as a whole', () => {
    const question = 'What is it [yes]? ';
    expect(readPage(newLog(question), 0, 100, false).bytes).toHaveLength(question.length);
    expect(readPage(newLog('yes\n'), 0, 100, false).bytes).toHaveLength(4);
  });

  test('is covered on both sides of a gap and at rest', async () => {
    const [head, middle, tail] = [`a ${SECRET}\n`, `${'x'.repeat(100)}\n`, `${OTHER} b\n`];
    const path = newLog(head + middle + tail);
    const gap = { from: Buffer.byteLength(head), to: Buffer.byteLength(head + middle) };
    await recordGap(path, gap);
    const read = (): string[] => [
      Buffer.from(readPage(path, 0, 500, true).bytes).toString(),
      Buffer.from(readPage(path, gap.from, 500, true).bytes).toString(),
    ];
    const shown = [`a ${stars(SECRET)}\n`, `${stars(OTHER)} b\n`];
    expect(read()).toEqual(shown);
    await packOutput(path, new AbortController().signal);
    expect(readdirSync(join(path, '..'))).not.toContain('stdout.log');
    expect(gapOf(path)).toEqual(gap);
    expect(read()).toEqual(shown);
  });

  test('and what is kept of them beside it does not hold them', () => {
    const path = newLog();
    const kept = readFileSync(join(path, '../fingerprints.json'), 'utf8');
    expect(kept).not.toMatch(/s3cr3t|sssss/);
    for (const value of VALUES) expect(kept).not.toContain(value.toString('base64').slice(0, 12));
  });
});
