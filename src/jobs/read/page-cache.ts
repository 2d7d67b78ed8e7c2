/**
 * The newest pages that followers have read: a hundred of them on one job read, and hold, each byte
 * once. Output is only ever added to, so a page that was read is right for ever.
 */
import { type Cursor, encodeCursor } from '../../core/cursor.ts';
import { Newest } from '../../core/newest.ts';
import type { JobFolder } from '../../output/files/job-folder.ts';
import { isOrderKnown } from '../../output/order/order-notes.ts';
import { readForward } from '../../output/order/ordered-page.ts';
import type { Segment } from '../../output/order/segments.ts';
import { type OutputPage, readPage, SMALLEST_PAGE } from '../../output/files/read-page.ts';

const CHUNK_BYTES = 64 * 1024;
/** 11 MB: what fast and slow followers of one job lie apart, commonly. */
const MOST_PAGES = 176;
/** So much of both streams may wait for the ends of its lines, and come with the next page. */
const MOST_KEPT_BACK = 8 * 1024;
/** What is known of a piece takes more memory than a short line: a page of them is not held whole. */
const MOST_SEGMENTS = 256;

export class SharedPages {
  readonly #pages = new Newest<string, OutputPage>(MOST_PAGES);
  readonly #ordered = new Newest<string, readonly Segment[]>(MOST_PAGES);

  read(path: string, from: number, ended: boolean): OutputPage {
    const key = `${from}:${path}`;
    const known = this.#pages.get(key);
    if (known) return known;
    const page = readPage(path, from, upToBorder(from, SMALLEST_PAGE), ended);
    if (page.bytes.length > 0) this.#pages.set(key, page);
    return page;
  }

  /** Of both streams before `end`, in the order they appeared; nothing where that is not known. */
  readInOrder(folder: JobFolder, from: Cursor, end: Cursor, ended: boolean): readonly Segment[] {
    const key = `${encodeCursor(from)}:${folder.order}`;
    const known = this.#ordered.get(key);
    if (known) return known;
    if (!isOrderKnown(folder.order)) return [];
    const room = upToBorder(from.stdout + from.stderr, MOST_KEPT_BACK);
    const segments = readForward(folder, from, end, room, ended).segments.slice(0, MOST_SEGMENTS);
    if (segments.length > 0) this.#ordered.set(key, segments);
    return segments;
  }
}

/** Up to the next multiple of a chunk's size, so that followers who fell behind meet again. */
function upToBorder(from: number, least: number): number {
  const left = CHUNK_BYTES - (from % CHUNK_BYTES);
  return left < least ? left + CHUNK_BYTES : left;
}
