/**
 * The one search through a stream: it tells of every match in order, for a limited time, in turns
 * that leave the event loop free, in memory that does not depend on the output.
 */
import { skipContinuation } from '../files/code-points.ts';
import type { Finder, Span } from './text-finder.ts';
import type { Gap } from '../files/output-gap.ts';
import { LineBorders, type Piece, readPiece, settledLength } from './search-piece.ts';
import { Turns } from '../../core/turns.ts';

/** An occurrence; all positions are offsets in the output. */
export interface Match {
  start: number;
  end: number;
  /** Where the next occurrence may begin. */
  next: number;
  /** Its line without the line's end; in long lines what is known of it. Valid until the next match. */
  line: Uint8Array;
  lineFrom: number;
  /** The line begins before `line`, goes on behind it. */
  openBefore: boolean;
  openAfter: boolean;
}

export interface SearchRequest {
  finder: Finder;
  from: number;
  /** Pieces that begin here or later are not looked at. */
  until?: number;
  /** Where `performance.now()` may be when it stops. */
  deadline: number;
  /** Raised when nobody wants the result any more. */
  signal?: AbortSignal | undefined;
  /** Returns where to look on; null ends the search before this match. */
  onMatch: (match: Match) => number | null;
}

export interface SearchResult {
  from: number;
  /** Searched up to here. */
  to: number;
  /** Size of the output when it ended. */
  size: number;
  /** Where to search on when the output has grown: what follows may belong to the last line. */
  settled: number;
  /** What could not be searched, because it is gone. */
  skipped: Gap | null;
}

/** So much of a line that is still being written is looked at again when it has grown. */
const LONGEST_UNFINISHED = 64 * 1024;

export async function searchOutput(path: string, request: SearchRequest): Promise<SearchResult> {
  const { from, until = Infinity } = request;
  const result: SearchResult = { from, to: from, size: from, settled: from, skipped: null };
  const turns = new Turns();
  for (;;) {
    const piece = readPiece(path, result.to);
    const { to, isDone } = await searchPiece(piece, request, turns);
    result.skipped = piece.skipped ?? result.skipped;
    [result.to, result.size] = [to, piece.size];
    result.settled = Math.max(from, Math.min(to, unfinishedLine(piece)));
    if (isDone || to >= Math.min(until, piece.size) || piece.bytes.length === piece.begin) {
      return result;
    }
    await turns.pause();
  }
}

/** `isDone`: the caller has enough, or the time is up. */
async function searchPiece(
  piece: Piece,
  { finder, deadline, signal, onMatch }: SearchRequest,
  turns: Turns,
): Promise<{ to: number; isDone: boolean }> {
  const borders = new LineBorders(piece);
  const settled = settledLength(piece);
  let at = piece.begin;
  while (at < settled) {
    const found = finder(piece, at);
    if (typeof found === 'number') {
      at = found;
    } else {
      const next = onMatch(matchAt(piece, borders, found));
      if (next === null) return { to: piece.base + found.start, isDone: true };
      at = next - piece.base;
    }
    if (!turns.isOver()) continue;
    if (performance.now() > deadline || signal?.aborted)
      return { to: offsetOf(piece, at), isDone: true };
    await turns.pause();
  }
  return { to: offsetOf(piece, at), isDone: false };
}

function offsetOf({ base, bytes }: Piece, position: number): number {
  return base + Math.min(position, bytes.length);
}

function matchAt(piece: Piece, borders: LineBorders, { start, end }: Span): Match {
  const { bytes, base } = piece;
  const [lineStart, lineEnd] = [borders.startOf(start), borders.endOf(end)];
  return {
    start: base + start,
    end: base + end,
    next: base + (end > start ? end : start + 1 + skipContinuation(bytes.subarray(start + 1))),
    line: bytes.subarray(lineStart, lineEnd),
    lineFrom: base + lineStart,
    openBefore: lineStart === 0 && !piece.startsLine,
    openAfter: lineEnd === bytes.length && piece.open,
  };
}

/** Where the last line begins that has no end yet, or its last part when it is long. */
function unfinishedLine({ bytes, base }: Piece): number {
  return base + Math.max(bytes.lastIndexOf(0x0a) + 1, bytes.length - LONGEST_UNFINISHED);
}
