import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type Advance,
  advanceProgress,
  followProgress,
} from '../../../../src/output/progress/advance.ts';
import type { Progress } from '../../../../src/contract/replies/one-job.ts';

function reading(parts: Partial<Progress>): Progress {
  return {
    current: null,
    total: null,
    percent: null,
    rate: null,
    eta_seconds: null,
    message: null,
    source: 'tqdm',
    level: 0,
    ...parts,
  };
}

describe('advanceProgress', () => {
  function values(readings: Progress[]): { progress: number; total?: number }[] {
    const sent: Advance[] = [];
    for (const next of readings) {
      const advance = advanceProgress(sent.at(-1) ?? null, next);
      if (advance) sent.push(advance);
    }
    return sent.map(({ progress, total }) =>
      total === undefined ? { progress } : { progress, total },
    );
  }

  it('gives percent of 100 while one bar runs', () => {
    const bar = [0, 10, 10, 50].map((percent) => reading({ percent }));
    expect(values(bar)).toEqual([
      { progress: 0, total: 100 },
      { progress: 10, total: 100 },
      { progress: 50, total: 100 },
    ]);
  });

  it('goes on growing, without a total, when another bar begins', () => {
    const bars = [60, 100, 0, 20, 100].map((percent) => reading({ percent }));
    expect(values(bars)).toEqual([
      { progress: 60, total: 100 },
      { progress: 100, total: 100 },
      { progress: 120 },
      { progress: 200 },
    ]);
  });

  it('counts where there is no percentage', () => {
    expect(values([reading({ current: 3 }), reading({ current: 9 })])).toEqual([
      { progress: 3 },
      { progress: 9 },
    ]);
  });

  it('only ever grows', () => {
    const percent = fc.option(fc.integer({ min: 0, max: 1000 }).map((tenths) => tenths / 10));
    const any = fc.record({ percent, current: fc.option(fc.nat(1_000_000)) }).map(reading);
    fc.assert(
      fc.property(fc.array(any), (readings) => {
        const sent = values(readings).map(({ progress }) => progress);
        for (const [index, value] of sent.entries()) {
          expect(value).toBeGreaterThan(index === 0 ? -1 : (sent[index - 1] ?? 0));
        }
      }),
    );
  });
});

describe('followProgress', () => {
  const guess = reading({ source: 'count', percent: 90 });
  const said = reading({ source: 'script', percent: 10 });
  const outer = reading({ percent: 25, message: 'files' });
  const inner = reading({ percent: 80, message: 'rows', level: 1 });

  it('keeps what is known when nothing new is in sight', () => {
    expect(followProgress(outer, null)).toBe(outer);
    expect(followProgress(null, null)).toBeNull();
    expect(followProgress(null, guess)).toBe(guess);
  });

  it('does not let a guess replace what the script says', () => {
    expect(followProgress(said, guess)).toBe(said);
    expect(followProgress(guess, said)).toBe(said);
  });

  it('keeps an unfinished outer bar while only inner bars are in sight', () => {
    expect(followProgress(outer, inner)).toBe(outer);
    expect(followProgress(reading({ percent: 100 }), inner)).toBe(inner);
    expect(followProgress(inner, outer)).toBe(outer);
  });
});
