/** Where something went wrong in the output, in the order in which it appeared on both streams. */
import type { Match, StreamName } from '../api/api-types.ts';
import { ERRORS } from '../lines/line-kind.ts';
import { type Place, START } from './output-pages.ts';
import type { View } from './output-state.ts';
import { positionOf, readPage } from './read-output.ts';
import { searchBefore, searchStream, streamsOf } from './search-output.ts';

export interface FoundError extends Match {
  /** Up to where each stream had come when it was printed. */
  place: Place;
}

const SEARCH = { text: ERRORS, regex: true, limit: 1 };

/** The first one after `last`, or at all; null when there is none. */
export function errorAfter(
  id: string,
  view: View,
  last: FoundError | null,
  signal: AbortSignal,
): Promise<FoundError | null> {
  const sought = streamsOf(view).map(async (stream) => {
    const { matches } = await searchStream(id, stream, fromOf(last, stream), SEARCH, signal);
    return placed(id, view, matches[0], signal);
  });
  return nearest(sought, (a, b) => a - b);
}

/** The last one before `last`, or at all. */
export function errorBefore(
  id: string,
  view: View,
  last: FoundError | null,
  signal: AbortSignal,
): Promise<FoundError | null> {
  const sought = streamsOf(view).map(async (stream) => {
    const before = last === null ? null : beforeOf(last, stream);
    return placed(id, view, await searchBefore(id, stream, before, SEARCH, signal), signal);
  });
  return nearest(sought, (a, b) => b - a);
}

function fromOf(last: FoundError | null, stream: StreamName): number {
  if (last === null) return 0;
  return last.stream === stream ? last.line_offset + byteLength(last.line) : last.place[stream];
}

function beforeOf(last: FoundError, stream: StreamName): number {
  return last.stream === stream ? last.line_offset : last.place[stream];
}

async function placed(
  id: string,
  view: View,
  match: Match | undefined,
  signal: AbortSignal,
): Promise<FoundError | null> {
  if (!match) return null;
  const { stream, line_offset: offset } = match;
  if (view !== 'both') return { ...match, place: { ...START, [stream]: offset } };
  const where = { from: positionOf(view, stream, offset) };
  return { ...match, place: (await readPage(id, view, where, 1, signal)).from };
}

async function nearest(
  sought: Promise<FoundError | null>[],
  order: (a: number, b: number) => number,
): Promise<FoundError | null> {
  const found = (await Promise.all(sought)).filter((error) => error !== null);
  return found.toSorted((a, b) => order(sum(a.place), sum(b.place)))[0] ?? null;
}

/** Both only grow. */
function sum({ stdout, stderr }: Place): number {
  return stdout + stderr;
}

function byteLength(text: string): number {
  return new TextEncoder().encode(text).length;
}
