/** Reads pages of output from the server: of one stream, or of both in the order they appeared. */
import { getJson, query } from '../api/api.ts';
import type { OrderedPage, StreamName, StreamPage } from '../api/api-types.ts';
import { bytesOf, type Page, pieceOf, type Place, START, wholeLines } from './output-pages.ts';
import type { View } from './output-state.ts';

/** Which page: behind a position, before one, or the last. */
export type Where = { from: string } | { before: string } | { tail: 1 };

const LEAST_PAGE_BYTES = 200;

/** At most `max` bytes; what is read backwards begins with a whole line. */
export async function readPage(
  id: string,
  view: View,
  where: Where,
  max: number,
  signal: AbortSignal,
): Promise<Page> {
  const values = { stream: view, max: Math.max(max, LEAST_PAGE_BYTES), ...where };
  const path = `/jobs/${encodeURIComponent(id)}/output${query(values)}`;
  if (view === 'both') return orderedPage(await getJson<OrderedPage>(path, signal));
  return streamPage(view, await getJson<StreamPage>(path, signal), !('from' in where));
}

/** How a place is written for this view. */
export function positionIn(view: View, place: Place): string {
  return view === 'both' ? cursorOf(place) : String(place[view]);
}

/** Where a byte of a stream stands in this view. */
export function positionOf(view: View, stream: StreamName, offset: number): string {
  return view === 'both' ? `${stream}:${offset}` : String(offset);
}

export function cursorOf({ stdout, stderr }: Place): string {
  return `c${stdout}-${stderr}`;
}

function placeOfCursor(cursor: string): Place {
  const [stdout = 0, stderr = 0] = cursor.slice(1).split('-').map(Number);
  return { stdout, stderr };
}

function orderedPage({ segments, from, next, size }: OrderedPage): Page {
  return {
    pieces: segments.map(pieceOf),
    from: placeOfCursor(from),
    next: placeOfCursor(next),
    size: placeOfCursor(size),
  };
}

function streamPage(stream: StreamName, page: StreamPage, isBackward: boolean): Page {
  const { from, next, size, skipped } = page;
  const read = { stream, from, next, skipped, bytes: bytesOf(page) };
  const piece = isBackward ? wholeLines(read) : read;
  return {
    pieces: piece.bytes.length > 0 ? [piece] : [],
    from: { ...START, [stream]: piece.skipped?.from ?? piece.from },
    next: { ...START, [stream]: next },
    size: { [stream]: size },
  };
}
