/** What real programs printed, read at every point where a reader may come by. */
import { readdirSync, readFileSync } from 'node:fs';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import expectations from '../../../fixtures/captures/captures.json' with { type: 'json' };
import type { Progress } from '../../../../src/contract/replies/one-job.ts';
import { followProgress } from '../../../../src/output/progress/advance.ts';
import { extractProgress } from '../../../../src/output/progress/find-progress.ts';

interface Expectation {
  /** "source total message"; a message of `*` is any. */
  bars: string[];
  /** Bars drawn inside: right only while no other is in sight. */
  inner?: string[];
  last: Partial<Progress>;
}

/** Every prefix of a short capture, evenly spread ones of a long capture. */
const MOST_PREFIXES = Number(process.env.MOST_PREFIXES ?? 200);
const FOLDER = new URL('../../../fixtures/captures/', import.meta.url);
const captures = Object.entries(expectations as Record<string, Expectation>).map(
  ([name, expectation]) =>
    [name, readFileSync(new URL(`${name}.raw`, FOLDER), 'utf8'), expectation] as const,
);

function identityOf({ source, total, message }: Progress): string {
  return message === null ? `${source} ${total}` : `${source} ${total} ${message}`;
}

function isOneOf(bars: string[], progress: Progress): boolean {
  const [source, total] = identityOf(progress).split(' ', 2);
  return bars.includes(identityOf(progress)) || bars.includes(`${source} ${total} *`);
}

function expectConsistent({ current, total, percent, rate, eta_seconds }: Progress): void {
  if (current !== null && total !== null) {
    expect(current).toBeLessThanOrEqual(total);
    expect(Math.abs((percent ?? -1) - (100 * current) / total)).toBeLessThanOrEqual(0.1);
  }
  expect(percent ?? 0).toBeLessThanOrEqual(100);
  expect(rate ?? 1).toBeGreaterThan(0);
  expect(eta_seconds ?? 0).toBeGreaterThanOrEqual(0);
}

describe('progress of real captures', () => {
  it('has an expectation for every capture', () => {
    const files = readdirSync(FOLDER).filter((file) => file.endsWith('.raw'));
    expect(files.toSorted()).toEqual(captures.map(([name]) => `${name}.raw`).toSorted());
  });

  it.each(captures)('%s: right or unknown at every prefix', (_, text, { bars, inner = [] }) => {
    const newest = new Map<string, Progress>();
    const step = Math.ceil(text.length / MOST_PREFIXES);
    for (let end = 0; end <= text.length; end += step) {
      const progress = extractProgress(text.slice(0, end));
      if (!progress) continue;
      expectConsistent(progress);
      expect([...bars, ...inner].filter((known) => isOneOf([known], progress))).not.toEqual([]);
      if (!progress.ofMany) expectForward(newest.get(identityOf(progress)), progress);
      newest.set(identityOf(progress), progress);
    }
    expect(newest.size).toBeGreaterThan(0);
  });

  it.each(captures)('%s: right or unknown in every window', (_, text, { bars, inner = [] }) => {
    fc.assert(
      fc.property(fc.nat(text.length), fc.nat(text.length), (one, other) => {
        const [start, end] = [Math.min(one, other), Math.max(one, other)];
        const progress = extractProgress(text.slice(start, end), { isCut: start > 0 });
        if (!progress) return;
        expectConsistent(progress);
        expect([...bars, ...inner].some((known) => isOneOf([known], progress))).toBe(true);
      }),
      { numRuns: 50 },
    );
  });

  it('bars of workers that share a row never go back, whenever somebody looks', () => {
    const text = captures.find(([name]) => name === 'tqdm-parallel')?.[1] ?? '';
    const looks = fc.array(fc.nat(text.length), { minLength: 20 });
    fc.assert(
      fc.property(looks, (ends) => {
        let known: Progress | null = null;
        for (const end of ends.toSorted((one, other) => one - other)) {
          const before: number = known?.percent ?? 0;
          known = followProgress(known, extractProgress(text.slice(0, end)));
          expect(known?.percent ?? 0).toBeGreaterThanOrEqual(before);
        }
      }),
    );
  });

  it.each(captures)('%s: the last state', (_, text, { bars, last }) => {
    const progress = extractProgress(text, { isEnd: true });
    expect(progress).toMatchObject(last);
    expect(progress && isOneOf(bars, progress)).toBe(true);
  });
});

/** Within one bar; a new one of the same name may begin when the old one came to its end. */
function expectForward(before: Progress | undefined, now: Progress): void {
  if (!before || before.percent === 100) return;
  expect(now.percent ?? 0).toBeGreaterThanOrEqual(before.percent ?? 0);
  expect(now.current ?? 0).toBeGreaterThanOrEqual(before.current ?? 0);
}
