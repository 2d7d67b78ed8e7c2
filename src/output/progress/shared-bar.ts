/** Bars that workers draw beside each other on one row: each says how far one of them is, none the job. */
import type { Progress } from '../../contract/replies/one-job.ts';
import { isFinished } from './record.ts';

/** `ofMany`: one of several bars that look the same, so that a smaller one is no step back. */
export type Reading = Progress & { ofMany?: true };

export interface DrawnBar {
  progress: Progress;
  row: number;
}

/** So many bars back every worker has drawn its own, as a rule. */
const LATELY = 16;

export function isSameBar(one: Progress, other: Progress): boolean {
  return one.source === other.source && one.total === other.total && one.message === other.message;
}

/** The worker that is last decides when the job is done. `drawn` in order, all of the same look. */
export function slowestOf(drawn: readonly DrawnBar[], newest: Progress): Reading {
  if (!drawn.some((bar, index) => wentBack(drawn[index - 1], bar))) return newest;
  const lately = drawn.slice(-LATELY).map(({ progress }) => progress);
  const least = lately.reduce((one, other) => (percentOf(other) < percentOf(one) ? other : one));
  return { ...least, ofMany: true };
}

/** A new bar begins behind one that came to its end, or on a row of its own. */
function wentBack(before: DrawnBar | undefined, now: DrawnBar): boolean {
  if (!before || before.row !== now.row || isFinished(before.progress)) return false;
  return percentOf(now.progress) < percentOf(before.progress);
}

function percentOf({ percent }: Progress): number {
  return percent ?? 0;
}
