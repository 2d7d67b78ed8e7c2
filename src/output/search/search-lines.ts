/** A search as readers of lines want it: one hit for each line, with what to show of it. */
import type { Finder } from './text-finder.ts';
import { type Match, searchOutput, type SearchResult } from './search.ts';

/** A line that matches, or in a line too long to be shown the surroundings of a match. */
export interface Hit extends ShownPart {
  /** Of the first match in it. */
  offset: number;
}

/** What to show of a line: bytes `from` to `to`, without the end of the line. */
export interface ShownPart {
  from: number;
  to: number;
  cutBefore: boolean;
  cutAfter: boolean;
}

export interface LineSearch {
  finder: Finder;
  from: number;
  /** More hits are counted, but not returned. */
  maxHits: number;
  /** Where `performance.now()` may be when it stops. */
  deadline: number;
}

export interface LinesFound extends SearchResult {
  hits: Hit[];
  /** In everything that was searched. */
  count: number;
}

/** Longer lines are shown in parts. */
export const LONGEST_LINE = 4096;
/** Bytes shown of a line that is too long. */
const SURROUNDINGS = 400;

export async function searchLines(path: string, search: LineSearch): Promise<LinesFound> {
  const { finder, from, maxHits, deadline } = search;
  const hits: Hit[] = [];
  let count = 0;
  const onMatch = (match: Match): number => {
    const shown = shownPart(match);
    if (hits.length < maxHits) hits.push({ offset: match.start, ...shown });
    count += 1;
    return Math.max(match.next, shown.cutAfter ? shown.to : shown.to + 1);
  };
  return { ...(await searchOutput(path, { finder, from, deadline, onMatch })), hits, count };
}

function shownPart({ start, end, line, lineFrom, openBefore, openAfter }: Match): ShownPart {
  const lineTo = lineFrom + line.length;
  if (line.length <= LONGEST_LINE && !openBefore && !openAfter) {
    return { from: lineFrom, to: lineTo, cutBefore: false, cutAfter: false };
  }
  const from = Math.max(lineFrom, start - SURROUNDINGS / 2);
  const wanted = Math.max(from + SURROUNDINGS, Math.min(end, from + LONGEST_LINE));
  const to = Math.min(lineTo, wanted);
  return {
    from,
    to,
    cutBefore: openBefore || from > lineFrom,
    cutAfter: openAfter || to < lineTo,
  };
}
