/**
 * How far a job has come, read from the tail of its output: said outright by the script
 * (`::progress 5/10 text`, `::progress 40% text`), or drawn by a known program, or guessed from what
 * people usually print. Cost depends on the tail alone, never on what was printed before.
 */
import type { Progress } from '../../contract/replies/one-job.ts';
import { BAR_PARSERS, isWhole, type LineParser, STRUCTURED } from './known-bars.ts';
import { GUESS_PARSERS } from './guesses.ts';
import { type DrawnLine, type DrawnTail, drawnLines } from './drawn-lines.ts';
import { isFinished, progressFrom } from './record.ts';
import { type DrawnBar, isSameBar, type Reading, slowestOf } from './shared-bar.ts';

/** As much of the end of a stream as is worth looking at; more is ignored. */
export const PROGRESS_TAIL_BYTES = 8192;

export interface TailEdges {
  /** The stream has more before the tail: its first line may be half a line and is not read. */
  isCut?: boolean;
  /** Nothing will follow: the last line counts although no newline ends it. */
  isEnd?: boolean;
}

/**
 * The most recent progress in a tail of decoded output, null when there is none. Of bars in bars it is
 * the outermost that the tail shows. A line that may still be continued is not read past what is sure.
 */
export function extractProgress(tail: string, edges: TailEdges = {}): Reading | null {
  const isLonger = tail.length > PROGRESS_TAIL_BYTES;
  const recent = isLonger ? tail.slice(-PROGRESS_TAIL_BYTES) : tail;
  const text = isLonger || edges.isCut ? withoutFirstLine(recent) : recent;
  if (!/\d|[#█]/.test(text)) return null;
  const drawn = drawnLines(text, edges.isEnd ?? false);
  return lastSaid(drawn) ?? lastDrawn(drawn);
}

/**
 * Of the tails of both streams: what the script said, then a bar of a known program, then a guess;
 * unfinished before finished.
 */
export function chooseProgress(
  stdoutTail: string,
  stderrTail: string,
  edges: TailEdges = {},
): Reading | null {
  const [stdout, stderr] = [extractProgress(stdoutTail, edges), extractProgress(stderrTail, edges)];
  if (!stdout || !stderr) return stdout ?? stderr;
  return weight(stdout) >= weight(stderr) ? stdout : stderr;
}

function weight(progress: Progress): number {
  if (progress.source === 'script') return 4;
  return (STRUCTURED.has(progress.source) ? 1 : 0) + (isFinished(progress) ? 0 : 2);
}

function withoutFirstLine(text: string): string {
  const end = text.search(/[\r\n]/);
  return end === -1 ? '' : text.slice(end);
}

const NO_LINE: DrawnLine = { text: '', row: 0 };

const SAID = /^\s*::progress +(\d+(?:\.\d+)?)(?: ?\/ ?(\d+(?:\.\d+)?)| ?(%))?(?: +(\S.*))?\s*$/;

function lastSaid({ lines }: DrawnTail): Progress | null {
  for (const { text } of lines.toReversed()) {
    const progress = text.includes('::progress') ? said(text) : null;
    if (progress) return progress;
  }
  return null;
}

function said(line: string): Progress | null {
  const match = isWhole(line) ? SAID.exec(line) : null;
  if (!match) return null;
  const [, number, total, percent, message = null] = match;
  const value = Number(number);
  if (percent) return progressFrom('script', { percent: value, message });
  return progressFrom('script', {
    current: value,
    total: total === undefined ? null : Number(total),
    message,
  });
}

/** A bar that has not come to its end outranks newer guesses: programs print while they draw. */
function lastDrawn({ lines, top }: DrawnTail): Reading | null {
  let guess: Progress | null = null;
  for (let index = lines.length - 1; index >= 0; index -= 1) {
    const { text, row } = lines[index] ?? NO_LINE;
    const progress = firstOf(BAR_PARSERS, text);
    if (progress) {
      if (guess && isFinished(progress)) return guess;
      if (top === null) return slowestOf(alike(lines.slice(0, index + 1), progress), progress);
      return outermost({ lines: lines.slice(0, index), top }, progress, row);
    }
    if (isWhole(text)) guess ??= firstOf(GUESS_PARSERS, text);
  }
  return guess && (continued(lines.at(-1) ?? NO_LINE, guess) ?? guess);
}

/**
 * A counter that is drawn in place has no newline behind its newest state. It is whole when it is the
 * same count as before, of the same total: of 5/100, a beginning 5/10 is not.
 */
function continued({ text }: DrawnLine, before: Progress): Progress | null {
  if (isWhole(text)) return null;
  const next = firstOf(GUESS_PARSERS, `${text}\n`);
  if (next?.source !== before.source || next.total !== before.total) return null;
  const isSure = next.total !== null || /[%\])|]\s*$/.test(text);
  return isSure && (next.percent ?? 0) >= (before.percent ?? 0) ? next : null;
}

/** So many lines are enough to see whether several bars take turns. */
const LINES_BACK = 64;

function alike(lines: DrawnLine[], newest: Progress): DrawnBar[] {
  return lines.slice(-LINES_BACK).flatMap(({ text, row }) => {
    const progress = firstOf(BAR_PARSERS, text);
    return progress && isSameBar(progress, newest) ? [{ progress, row }] : [];
  });
}

/** Looks above the row of the newest bar for the bars that it is drawn in. */
function outermost({ lines, top }: DrawnTail, newest: Progress, newestRow: number): Progress {
  if (top === null || newestRow <= top) return newest;
  let best = { progress: { ...newest, level: newestRow - top }, row: newestRow };
  for (let index = lines.length - 1; index >= 0 && best.row > top; index -= 1) {
    const { text, row } = lines[index] ?? NO_LINE;
    if (row < top || row >= best.row) continue;
    const progress = firstOf(BAR_PARSERS, text);
    if (progress && (!isFinished(progress) || isFinished(newest))) {
      best = { progress: { ...progress, level: row - top }, row };
    }
  }
  return best.progress;
}

/** Without one of these no parser finds anything; most lines of most logs end here. */
const HINT = /\d ?(?:\/|of) ?[\d?]|%|\d[a-zA-Z]* \[|[[|][#=*>]|[█▓■▰━╸]/;

function firstOf(parsers: LineParser[], line: string): Progress | null {
  if (!HINT.test(line)) return null;
  for (const parse of parsers) {
    const progress = parse(line);
    if (progress) return progress;
  }
  return null;
}
