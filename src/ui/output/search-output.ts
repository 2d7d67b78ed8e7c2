/** Search by the server: the browser never has the whole file. */
import { getJson, query } from '../api/api.ts';
import type { Match, SearchPage, StreamName } from '../api/api-types.ts';
import type { View } from './output-state.ts';

export interface SearchOptions {
  text: string;
  regex: boolean;
  limit: number;
}

export function streamsOf(view: View): StreamName[] {
  return view === 'both' ? ['stdout', 'stderr'] : [view];
}

/** One call looks for about a second; this goes on until there is enough or nothing is left. */
export async function searchStream(
  id: string,
  stream: StreamName,
  from: number,
  { text, regex, limit }: SearchOptions,
  signal?: AbortSignal,
): Promise<{ matches: Match[]; next: number | null }> {
  const matches: Match[] = [];
  let next: number | null = from;
  while (next !== null && matches.length < limit) {
    const values = { q: text, regex: regex ? 1 : null, stream, from: next };
    const path = `/jobs/${id}/search${query({ ...values, limit: limit - matches.length })}`;
    const page: SearchPage = await getJson<SearchPage>(path, signal);
    matches.push(...page.matches);
    next = page.next;
  }
  return { matches, next };
}

/** The last match before an offset, or of all; one call looks back for about a second. */
export async function searchBefore(
  id: string,
  stream: StreamName,
  offset: number | null,
  { text, regex }: SearchOptions,
  signal?: AbortSignal,
): Promise<Match | undefined> {
  let before: number | null = offset ?? Number.MAX_SAFE_INTEGER;
  while (before !== null) {
    const values = { q: text, regex: regex ? 1 : null, stream, before, limit: 1 };
    const page: SearchPage = await getJson<SearchPage>(
      `/jobs/${id}/search${query(values)}`,
      signal,
    );
    if (page.matches[0]) return page.matches[0];
    before = page.next;
  }
  return undefined;
}
