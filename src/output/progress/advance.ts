/** Progress over time: which reading replaces which, and a number that only ever grows. */
import type { Progress } from '../../contract/replies/one-job.ts';
import { isFinished } from './record.ts';
import { isSameBar, type Reading } from './shared-bar.ts';

/**
 * The record to keep when a new reading comes. The tail shows only what was printed last, so it can miss
 * what is already known: a script that says its progress is not overruled by a guess, and an unfinished
 * outer bar not by the bars inside it. Of bars that workers draw side by side none goes back.
 */
export function followProgress(known: Progress | null, reading: Reading | null): Progress | null {
  const read = reading?.ofMany ? withoutMark(reading) : reading;
  if (!known || !read) return read ?? known;
  const isBehind = (read.percent ?? 0) < (known.percent ?? 0);
  if (reading?.ofMany && isBehind && isSameBar(known, read) && !isFinished(known)) return known;
  if (known.source === 'script' && read.source !== 'script') return known;
  return read.level > known.level && !isFinished(known) ? known : read;
}

function withoutMark(reading: Reading): Progress {
  const progress = { ...reading };
  delete progress.ofMany;
  return progress;
}

/** Values of an MCP progress notification, and what is needed to make the next one larger. */
export interface Advance {
  /** Percent where it is known, else the count; goes on growing when another bar begins. */
  progress: number;
  /** 100 during the first bar; left out when more bars follow, since nobody knows how many. */
  total?: number;
  message?: string;
  /** Where the present bar began on this scale. */
  base: number;
}

/** The next notification, or null when nothing has grown. */
export function advanceProgress(previous: Advance | null, next: Progress): Advance | null {
  const value = next.percent ?? next.current ?? 0;
  const last = previous?.progress ?? 0;
  const base = previous ? baseOf(previous, value) : 0;
  const progress = base + value;
  if (previous && progress <= last) return null;
  return {
    progress,
    base,
    ...(base === 0 && next.percent !== null ? { total: 100 } : {}),
    ...(next.message === null ? {} : { message: next.message }),
  };
}

/** A value below the last one belongs to another bar, which is counted on top. */
function baseOf(previous: Advance, value: number): number {
  return previous.base + value < previous.progress ? previous.progress : previous.base;
}
