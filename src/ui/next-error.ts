/** Where something went wrong in the output, as far as words tell. */
import type { Match } from './api-types.ts';
import type { View } from './output-controller.ts';
import { searchStream, streamsOf } from './search-output.ts';

const ERRORS = String.raw`(?i)\b(traceback|\w*error|\w*exception|fatal|critical|failed|panic)\b`;

/** The first one after `last`, through the streams in turn; null after the last. */
export async function nextError(id: string, view: View, last: Match | null): Promise<Match | null> {
  const streams = streamsOf(view);
  const at = last ? Math.max(0, streams.indexOf(last.stream)) : 0;
  for (const stream of streams.slice(at)) {
    const from = last?.stream === stream ? last.line_offset + byteLength(last.line) : 0;
    const options = { text: ERRORS, regex: true, limit: 1 };
    const { matches } = await searchStream(id, stream, from, options);
    if (matches[0]) return matches[0];
  }
  return null;
}

function byteLength(text: string): number {
  return new TextEncoder().encode(text).length;
}
