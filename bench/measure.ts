/** Times and what to make of them. Everything is in milliseconds. */

export interface Medians {
  value: number;
  baseline: number;
}

type Work = (round: number) => Promise<number>;

/**
 * The medians of `rounds` measurements of each, taken in turns: what the machine does beside the
 * benchmark then disturbs both alike. A first round of each warms caches and does not count.
 */
export async function interleaved(rounds: number, value: Work, baseline: Work): Promise<Medians> {
  const values: number[] = [];
  const baselines: number[] = [];
  await baseline(0);
  await value(0);
  for (let round = 1; round <= rounds; round++) {
    baselines.push(await baseline(round));
    values.push(await value(round));
  }
  return { value: median(values), baseline: median(baselines) };
}

export async function timed(work: () => Promise<unknown>): Promise<number> {
  const began = performance.now();
  await work();
  return performance.now() - began;
}

export function median(values: number[]): number {
  return percentile(values, 50);
}

export function percentile(values: number[], percent: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  const index = Math.ceil((percent / 100) * sorted.length) - 1;
  return sorted[Math.max(0, index)] ?? Number.NaN;
}

/** Lets what the last round left behind finish, so that it is not charged to the next one. */
export async function settle(milliseconds = 40): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, milliseconds));
}
