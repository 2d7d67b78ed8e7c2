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

/** More is not read for one page, however little of it is left when it is clean. */
const MOST_BYTES = 1024 * 1024;
/** Full enough: to find the last byte that fits costs more than it gives. */
const FULL = 0.8;
const ATTEMPTS = 8;
/** By how much a page that shrank is read again. */
const GROWTH = 4;

/**
 * @param read gives a page of so many bytes at most
 * @param present makes its text
 */
export function fitPage(
  read: (maxBytes: number) => OutputPage,
  present: (page: OutputPage) => string,
  budget: number,
): FittedPage {
  let size = budget;
  let best: FittedPage | null = null;
  let tooLarge = Infinity;
  for (let attempt = 0; ; attempt += 1) {
    const page = read(size);
    const text = present(page);
    const cost = jsonBytes(text);
    if (cost <= budget) {
      best = { page, text, cost };
      const isAll = page.bytes.length < size - 3 || size >= Math.max(budget, MOST_BYTES);
      if (isAll || cost >= budget * FULL || attempt >= ATTEMPTS) return best;
    } else {
      if (attempt >= ATTEMPTS && best) return best;
      if (size <= 1) return { page, text, cost }; // a single character: there is nothing less
      tooLarge = size;
    }
    const next = nextSize(size, budget / Math.max(1, cost), tooLarge);
    if (next === size || next >= tooLarge) return best ?? { page, text, cost };
    size = next;
  }
}

/** @param share of the budget that the last page could have been multiplied with */
function nextSize(size: number, share: number, tooLarge: number): number {
  if (share < 1) return Math.max(1, Math.floor(size * share * 0.98));
  const grown = Math.min(Math.floor(size * Math.min(GROWTH, share)), MOST_BYTES);
  return tooLarge === Infinity ? grown : Math.min(grown, Math.floor((size + tooLarge) / 2));
}

/** What a text takes in a reply. */
export function jsonBytes(text: string): number {
  return Buffer.byteLength(JSON.stringify(text)) - 2;
}
