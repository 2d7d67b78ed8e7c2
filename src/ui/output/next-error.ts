/** Where something went wrong in the output, as far as words tell. */
import type { Match } from '../api/api-types.ts';
import type { View } from './output-state.ts';
import { searchStream, streamsOf } from './search-output.ts';

/** Words as they are written: a pattern for either case is a hundred times slower to look for. */
const ERRORS = 'Error|Exception|Traceback|ERROR|CRITICAL|FATAL';

/** The first one after `last`, through the streams in turn; null after the last. */
export async function nextError(
  id: string,
  view: View,
  last: Match | null,
  signal: AbortSignal,
): Promise<Match | null> {
  const streams = streamsOf(view);
  const at = last ? Math.max(0, streams.indexOf(last.stream)) : 0;
  for (const stream of streams.slice(at)) {
    const from = last?.stream === stream ? last.line_offset + byteLength(last.line) : 0;
    const options = { text: ERRORS, regex: true, limit: 1 };
    const { matches } = await searchStream(id, stream, from, options, signal);
    if (matches[0]) return matches[0];
  }
  return null;
}

function byteLength(text: string): number {
  return new TextEncoder().encode(text).length;
}
