/** Finds a text or a pattern in the whole output of a job, in steps of bounded time and size. */
import { decodeUtf8, skipContinuation } from '../output/code-points.ts';
import type { Stream } from '../output/job-folder.ts';
import { compilePattern } from '../output/pattern.ts';
import { readPage } from '../output/read-page.ts';

export interface SearchRequest {
  stream: Stream;
  text: string;
  /** `text` is an RE2 pattern. */
  isPattern: boolean;
  from: number;
  limit: number;
}

export interface SearchMatch {
  stream: Stream;
  /** Of the first byte that matches. */
  offset: number;
  /** Of the line it is on, as far as it was looked at. */
  line_offset: number;
  /** That line, at most 400 characters of it, as the script wrote it. */
  line: string;
}

export interface SearchResult {
  matches: SearchMatch[];
  searched_to: number;
  /** Where to go on; null when all was searched. */
  next: number | null;
}

/** Positions in a chunk, in the order of the text. */
type FindAll = (chunk: Buffer) => Iterable<number>;

const CHUNK_BYTES = 256 * 1024;
/** Patterns take longer: the event loop is given back in between. */
const PATTERN_CHUNK_BYTES = 64 * 1024;
const TIME_MS = 1_000;
const LINE_CHARACTERS = 400;
/** How far back from a match its line is shown. */
const LINE_BYTES_BEFORE = 800;

/** @throws JobError invalid_request when the pattern cannot be compiled. */
export async function searchOutput(path: string, request: SearchRequest): Promise<SearchResult> {
  const find = request.isPattern ? patternFinder(request.text) : textFinder(request.text);
  const deadline = performance.now() + TIME_MS;
  const matches: SearchMatch[] = [];
  const chunkBytes = request.isPattern ? PATTERN_CHUNK_BYTES : CHUNK_BYTES;
  // A little earlier than asked, to show the whole line of a match that is near the beginning.
  let position = Math.max(0, request.from - LINE_BYTES_BEFORE);
  for (;;) {
    const { chunk, from, last } = readChunk(path, position, chunkBytes);
    const settled = last ? chunk.length : settledLength(chunk);
    for (const at of find(chunk)) {
      if (at >= settled) break;
      if (from + at < request.from) continue;
      if (matches.length === request.limit) {
        return { matches, searched_to: from + at, next: from + at };
      }
      matches.push(matchAt(request.stream, from, chunk, at));
    }
    position = from + settled;
    if (last) return { matches, searched_to: position, next: null };
    if (performance.now() > deadline) return { matches, searched_to: position, next: position };
    await new Promise((resolve) => setImmediate(resolve)); // let other calls through
  }
}

/** Begins with a whole character, wherever `position` is. */
function readChunk(
  path: string,
  position: number,
  maxBytes: number,
): { chunk: Buffer; from: number; last: boolean } {
  const page = readPage(path, position, maxBytes, true);
  const skip = position === 0 ? 0 : skipContinuation(page.bytes);
  const bytes = page.bytes.subarray(skip);
  const chunk = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return { chunk, from: page.from + skip, last: page.next >= page.size };
}

/** Up to the last line border: what follows is looked at again together with the rest of its line. */
function settledLength(chunk: Buffer): number {
  const lines = chunk.lastIndexOf(0x0a) + 1;
  return lines > 0 ? lines : Math.floor(chunk.length / 2);
}

function textFinder(text: string): FindAll {
  const wanted = Buffer.from(text);
  return function* find(chunk) {
    for (let at = chunk.indexOf(wanted); at >= 0; at = chunk.indexOf(wanted, at + wanted.length)) {
      yield at;
    }
  };
}

/** The engine is RE2's: time grows with the output, whatever the pattern. */
function patternFinder(text: string): FindAll {
  const pattern = compilePattern(text, 'q');
  return function* find(chunk) {
    const matcher = pattern.matcher(chunk);
    while (matcher.find()) yield matcher.start();
  };
}

function matchAt(stream: Stream, base: number, chunk: Buffer, at: number): SearchMatch {
  const earliest = Math.max(0, at - LINE_BYTES_BEFORE);
  const start = Math.max(earliest, at === 0 ? 0 : chunk.lastIndexOf(0x0a, at - 1) + 1);
  const newline = chunk.indexOf(0x0a, at);
  const end = newline < 0 ? chunk.length : newline;
  const line = decodeUtf8(chunk.subarray(start, Math.min(end, start + 4 * LINE_CHARACTERS)));
  const shortened = Array.from(line).slice(0, LINE_CHARACTERS).join('');
  return { stream, offset: base + at, line_offset: base + start, line: shortened };
}
