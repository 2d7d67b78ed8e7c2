/**
 * Finds a pattern, each line for itself. Whether a text has a match is told by RE2's deterministic
 * automaton at some 50 MB/s; where it begins and ends takes up to ten times as long, and is only
 * asked of lines that have one.
 */
import { type Finder, OVERLAP, type Span, type Stretch, textFinder } from './text-finder.ts';
import type { Pattern } from './pattern.ts';

/** Up to `to`; the next part begins at `next`, and with it the matches that belong to that one. */
interface Part {
  to: number;
  next: number;
}

/** Lines up to this length are looked at as a whole. */
const LONGEST_PART = 64 * 1024;
const SHORTEST_PART = 2 * OVERLAP;
/** Bytes times instructions: the worst pattern takes some 100 ms for so much. */
const MOST_STEPS = 2_000_000;
/**
 * Some patterns make a state of the automaton for every byte: without it they are faster. In time of
 * the processor as well, for on a busy machine any test can take long.
 */
const SLOW_TEST_MS = 50;
/** Asking for time of the processor costs as much as a short test: it is asked for this often. */
const MARK_EVERY_MS = 5;
/** `\A` and `\z`, which mean a line's borders here, but not to the automaton in many lines at once. */
const TEXT_BORDERS = /\\[Az]|\(\?[a-zA-Z]*-/;
/** Patterns that are a text. */
const PLAIN = /^[^\\^$.|?*+()[\]{}\n]+$/;
const NEWLINE = 0x0a;

export function patternFinder(pattern: Pattern): Finder {
  if (PLAIN.test(pattern.pattern())) return textFinder(pattern.pattern());
  const most = Math.floor(MOST_STEPS / pattern.programSize());
  const longest = Math.max(SHORTEST_PART, Math.min(LONGEST_PART, most));
  let isFast = !TEXT_BORDERS.test(pattern.pattern());
  let mark = { at: -Infinity, used: process.threadCpuUsage() };
  const mayMatch = (text: Uint8Array): boolean => {
    if (!isFast) return true;
    const began = performance.now();
    if (began - mark.at > MARK_EVERY_MS) mark = { at: began, used: process.threadCpuUsage() };
    const found = pattern.test(text);
    if (performance.now() - began >= SLOW_TEST_MS) isFast = processorMs(mark.used) < SLOW_TEST_MS;
    return found;
  };
  return (stretch, from) => {
    const lines = linesAt(stretch, from, longest);
    if (!mayMatch(withContext(stretch, from, lines.to))) return lines.next;
    // Behind the last line end there is no line.
    const end = Math.min(lines.next, stretch.bytes.length);
    for (let at = from; at < end;) {
      const line = lineAt(stretch, at, longest);
      const text = withContext(stretch, at, line.to);
      const span = mayMatch(text) ? firstIn(pattern, text, at, line.to) : null;
      if (span && span.start < line.next) return span;
      at = line.next;
    }
    return lines.next;
  };
}

function processorMs(since: NodeJS.CpuUsage): number {
  const { user, system } = process.threadCpuUsage(since);
  return (user + system) / 1000;
}

/** As many lines as there are in `longest` bytes, or a part of one. */
function linesAt({ bytes, open }: Stretch, from: number, longest: number): Part {
  if (bytes.length - from <= longest) return lastPart(bytes, open);
  const newline = bytes.subarray(from, from + longest).lastIndexOf(NEWLINE);
  if (newline < 0) return { to: from + longest, next: from + longest - OVERLAP };
  return { to: from + newline + 1, next: from + newline + 1 };
}

/** The line at `from` without its end, or a part of it. */
function lineAt({ bytes, open }: Stretch, from: number, longest: number): Part {
  const newline = bytes.subarray(from, from + longest).indexOf(NEWLINE);
  if (newline >= 0) return { to: from + newline, next: from + newline + 1 };
  if (bytes.length - from <= longest) return lastPart(bytes, open);
  return { to: from + longest, next: from + longest - OVERLAP };
}

/** A match may be empty and at the very end. */
function lastPart({ length }: Buffer, open: boolean): Part {
  return { to: length, next: open ? length - OVERLAP : length + 1 };
}

/** In the middle of a line with the byte before, by which `^` and `\b` know where they are. */
function withContext({ bytes }: Stretch, from: number, to: number): Uint8Array {
  const isLineStart = from === 0 || bytes[from - 1] === NEWLINE;
  return bytes.subarray(isLineStart ? from : from - 1, to);
}

function firstIn(pattern: Pattern, text: Uint8Array, from: number, to: number): Span | null {
  const context = text.length - (to - from);
  const matcher = pattern.matcher(text);
  if (!matcher.find(context)) return null;
  const base = from - context;
  return { start: base + matcher.start(), end: base + matcher.end() };
}
