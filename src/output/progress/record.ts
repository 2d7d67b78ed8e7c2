/** What is known about how far a job has come, and the one place where a reading is checked. */
import type { Progress } from '../../contract/replies/one-job.ts';

export type ProgressSource = Progress['source'];

const LONGEST_MESSAGE = 120;

/** A checked record, or null when the parts cannot be a state of progress (7 of 5, 140 %). */
export function progressFrom(
  source: ProgressSource,
  parts: Partial<Omit<Progress, 'source'>>,
): Progress | null {
  const { current = null, total = null, rate = null, level = 0 } = parts;
  if (total !== null && !(total > 0 && (current ?? 0) <= total)) return null;
  const percent = roundedPercent(current, total, parts.percent ?? null);
  if (percent !== null && percent > 100) return null;
  if (percent === null && current === null) return null;
  // Behind a bar that has come to its end many programs print the time it took.
  const eta_seconds = percent === 100 ? 0 : (parts.eta_seconds ?? null);
  const message = shortened(parts.message);
  return { current, total, percent, rate, eta_seconds, message, source, level };
}

export function isFinished(progress: Progress): boolean {
  return progress.percent === 100;
}

/** Exact counts are better than what was printed. Rounded down: 100 means that all is done. */
function roundedPercent(current: number | null, total: number | null, printed: number | null) {
  const percent = current !== null && total !== null ? (100 * current) / total : printed;
  return percent === null ? null : Math.floor(10 * percent + 1e-9) / 10;
}

function shortened(message: string | null | undefined): string | null {
  const line = message?.replace(/\s+/g, ' ').trim();
  return line ? line.slice(0, LONGEST_MESSAGE) : null;
}
