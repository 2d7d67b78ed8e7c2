/** Every occurrence of a text or a pattern in one stream, as programs want it: with offsets and a piece of its line. */
import type { SearchMatch, SearchReply } from '../../contract/replies/pages-and-matches.ts';
import { decodeUtf8, skipContinuation } from '../../output/files/code-points.ts';
import { textFinder } from '../../output/search/text-finder.ts';
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
  limit: number;
}

const TIME_MS = 1_000;
const LINE_CHARACTERS = 400;
/** In a longer line so much is shown before a match, so that the match is among what is shown. */
const BYTES_BEFORE = LINE_CHARACTERS / 2;

/** @throws JobError invalid_request when the pattern cannot be compiled. */
export async function searchMatches(path: string, request: MatchRequest): Promise<SearchReply> {
  const { stream, text, isPattern, from, limit } = request;
  const matches: SearchMatch[] = [];
  const { to, size } = await searchOutput(path, {
    finder: isPattern ? patternFinder(compilePattern(text, 'q')) : textFinder(text),
    from,
    deadline: performance.now() + TIME_MS,
    onMatch: (match) => {
      if (matches.length === limit) return null;
      matches.push({ stream, offset: match.start, ...shownLine(match) });
      return match.next;
    },
  });
  return { matches, searched_to: to, next: to < size ? to : null };
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
