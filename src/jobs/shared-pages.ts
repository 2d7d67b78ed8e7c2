/**
 * The newest pages that followers have read: a hundred of them on one job read, and hold, each byte
 * once. Output is only ever added to, so a page that was read is right for ever.
 */
import { type OutputPage, readPage, SMALLEST_PAGE } from '../output/read-page.ts';

const CHUNK_BYTES = 64 * 1024;
/** 11 MB: what fast and slow followers of one job lie apart, commonly. */
const MOST_PAGES = 176;

export class SharedPages {
  readonly #pages = new Map<string, OutputPage>();

  /** Up to the next multiple of a chunk's size, so that followers who fell behind meet again. */
  read(path: string, from: number, ended: boolean): OutputPage {
    const known = this.#pages.get(keyOf(path, from));
    if (known) return known;
    const left = CHUNK_BYTES - (from % CHUNK_BYTES);
    const page = readPage(path, from, left < SMALLEST_PAGE ? left + CHUNK_BYTES : left, ended);
    if (page.bytes.length > 0) this.#remember(keyOf(path, from), page);
    return page;
  }

  #remember(key: string, page: OutputPage): void {
    this.#pages.set(key, page);
    const [oldest] = this.#pages.keys();
    if (this.#pages.size > MOST_PAGES && oldest !== undefined) this.#pages.delete(oldest);
  }
}

function keyOf(path: string, from: number): string {
  return `${from}:${path}`;
}
