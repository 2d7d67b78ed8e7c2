/**
 * A page of output whose text takes up a budget. Budgets count what the reader pays for: bytes of JSON,
 * after cleaning. Redraws and escapes shrink when they are cleaned, so a page may be of many more bytes.
 */
import type { OutputPage } from './read-page.ts';

export interface FittedPage {
  page: OutputPage;
  text: string;
  /** Bytes of the text in JSON. */
  cost: number;
}

/**
 * More is not cleaned for one page, all attempts together: the worst takes 200 ms a MiB, and meanwhile
 * nobody else is answered.
 */
const MOST_BYTES = 256 * 1024;
/** Full enough: to find the last byte that fits costs more than it gives. */
const FULL = 0.8;
const AIM = 0.95;
const ATTEMPTS = 8;
/** By how much a page that shrank is read again. */
const GROWTH = 4;

/** How many bytes were asked for, and what their text takes. */
interface Attempt {
  size: number;
  cost: number;
}

/**
 * @param read gives a page of so many bytes at most
 * @param present makes its text
 */
export function fitPage(
  read: (maxBytes: number) => OutputPage,
  present: (page: OutputPage) => string,
  budget: number,
): FittedPage {
  let best: FittedPage | null = null;
  const attempts: Attempt[] = [{ size: 0, cost: 0 }];
  let left = Math.max(MOST_BYTES, budget);
  for (let size = budget; ;) {
    const page = read(size);
    const text = present(page);
    const cost = jsonBytes(text);
    if (cost <= budget) best = { page, text, cost };
    // A single character too many is shown: there is nothing less.
    if (size <= 1) return { page, text, cost };
    attempts.push({ size, cost });
    left -= page.bytes.length;
    const isAll = best?.page === page && (page.bytes.length < size - 3 || cost >= budget * FULL);
    size = nextSize(attempts, budget);
    if (best && (isAll || size > left || attempts.length > ATTEMPTS || isTried(attempts, size))) {
      return best;
    }
  }
}

function isTried(attempts: readonly Attempt[], size: number): boolean {
  return attempts.some((attempt) => attempt.size === size);
}

/** On the line through the last two attempts, and between the largest that fits and what does not. */
function nextSize(attempts: readonly Attempt[], budget: number): number {
  const [before, last] = attempts.slice(-2) as [Attempt, Attempt];
  const fits = Math.max(...attempts.map(({ size, cost }) => (cost <= budget ? size : 0)));
  const tooLarge = Math.min(...attempts.map(({ size, cost }) => (cost > budget ? size : Infinity)));
  const slope = (last.cost - before.cost) / (last.size - before.size);
  const wanted = slope > 0 ? last.size + (budget * AIM - last.cost) / slope : Infinity;
  const most = Math.min(tooLarge - 1, last.size * GROWTH);
  const inBetween = tooLarge === Infinity ? most : Math.floor((fits + tooLarge) / 2);
  return Math.max(
    1,
    wanted > fits && wanted < tooLarge ? Math.min(Math.floor(wanted), most) : inBetween,
  );
}

/** What a text takes in a reply. */
export function jsonBytes(text: string): number {
  return Buffer.byteLength(JSON.stringify(text)) - 2;
}
