/** Every occurrence of a text or a pattern in one stream, as programs want it: with offsets and a piece of its line. */
import type { SearchMatch, SearchReply } from '../../contract/replies/pages-and-matches.ts';
import { decodeUtf8, skipContinuation } from '../../output/files/code-points.ts';
import { gapOf, sizeOf } from '../../output/files/output-file.ts';
import { type Finder, textFinder } from '../../output/search/text-finder.ts';
import type { Stream } from '../../output/files/job-folder.ts';
import { patternFinder } from '../../output/search/pattern-finder.ts';
import { compilePattern } from '../../output/search/pattern.ts';
import { type Match, searchOutput } from '../../output/search/search.ts';

export interface MatchRequest {
  stream: Stream;
  text: string;
  /** `text` is an RE2 pattern. */
  isPattern: boolean;
  from: number;
  /** Instead of `from`: the last ones that begin before it. */
  before?: number | undefined;
  limit: number;
}

const TIME_MS = 1_000;
/** Looking back, so much is searched at once. */
const STEP_BYTES = 1024 * 1024;
const LINE_CHARACTERS = 400;
/** In a longer line so much is shown before a match, so that the match is among what is shown. */
const BYTES_BEFORE = LINE_CHARACTERS / 2;

/** @throws JobError invalid_request when the pattern cannot be compiled. */
export async function searchMatches(path: string, request: MatchRequest): Promise<SearchReply> {
  const { text, isPattern, before } = request;
  const finder = isPattern ? patternFinder(compilePattern(text, 'q')) : textFinder(text);
  const deadline = performance.now() + TIME_MS;
  if (before !== undefined) return lastMatches(path, finder, { ...request, before }, deadline);
  return firstMatches(path, finder, request, deadline);
}

async function firstMatches(
  path: string,
  finder: Finder,
  { stream, from, limit }: MatchRequest,
  deadline: number,
): Promise<SearchReply> {
  const matches: SearchMatch[] = [];
  const onMatch = (match: Match): number | null => {
    if (matches.length === limit) return null;
    matches.push(shownMatch(stream, match));
    return match.next;
  };
  const { to, size } = await searchOutput(path, { finder, from, deadline, onMatch });
  return { matches, searched_to: to, next: to < size ? to : null };
}

/** Step by step towards the start, until there is a match. */
async function lastMatches(
  path: string,
  finder: Finder,
  { stream, before, limit }: MatchRequest & { before: number },
  deadline: number,
): Promise<SearchReply> {
  const gap = gapOf(path);
  let end = Math.min(before, sizeOf(path));
  let matches: SearchMatch[] = [];
  while (end > 0 && matches.length === 0 && performance.now() < deadline) {
    const start = Math.max(0, end - STEP_BYTES);
    matches = await matchesWithin(path, finder, stream, start, end, limit);
    end = gap !== null && start > gap.from && start < gap.to ? gap.from : start;
  }
  return { matches, searched_to: end, next: end > 0 ? end : null };
}

async function matchesWithin(
  path: string,
  finder: Finder,
  stream: Stream,
  from: number,
  end: number,
  limit: number,
): Promise<SearchMatch[]> {
  const matches: SearchMatch[] = [];
  const onMatch = (match: Match): number | null => {
    if (match.start >= end) return null;
    matches.push(shownMatch(stream, match));
    if (matches.length > limit) matches.shift();
    return match.next;
  };
  await searchOutput(path, { finder, from, until: end, deadline: Infinity, onMatch });
  return matches;
}

function shownMatch(stream: Stream, match: Match): SearchMatch {
  return { stream, offset: match.start, ...shownLine(match) };
}

function shownLine({ start, line, lineFrom, openBefore }: Match): {
  line_offset: number;
  line: string;
} {
  const isShort = line.length <= LINE_CHARACTERS && !openBefore;
  const first = isShort ? 0 : Math.max(0, start - lineFrom - BYTES_BEFORE);
  const bytes = line.subarray(first, first + 4 * LINE_CHARACTERS);
  const skip = first > 0 || openBefore ? skipContinuation(bytes) : 0;
  const shown = Array.from(decodeUtf8(bytes.subarray(skip))).slice(0, LINE_CHARACTERS);
  return { line_offset: lineFrom + first + skip, line: shown.join('') };
}
