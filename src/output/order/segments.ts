/**
 * Lines of both streams in the order in which they became visible. The notes on it are between
 * writes, not lines: a line that one stream had not finished comes where it was finished, so that
 * two streams never share one.
 */
import type { Cursor } from '../../core/cursor.ts';
import type { Stream } from '../files/job-folder.ts';
import type { Note } from './order-notes.ts';
import type { Gap } from '../files/output-gap.ts';
import { describeGap } from '../files/output-window.ts';
import type { OutputPage } from '../files/read-page.ts';

export interface StreamPage {
  stream: Stream;
  page: OutputPage;
}

/** Bytes `from`–`next` of one stream. */
export interface Segment {
  stream: Stream;
  bytes: Uint8Array;
  from: number;
  next: number;
  /** What lay before `from` and is gone. */
  skipped?: Gap;
}

/**
 * How many bytes of each stream make up the next `room` bytes in the order of the notes; null when
 * the notes do not reach that far.
 */
export function sharesInOrder(notes: readonly Note[], from: Cursor, room: number): Cursor | null {
  const shares = { stdout: 0, stderr: 0 };
  for (const note of notes) {
    const left = room - shares.stdout - shares.stderr;
    const stdout = note.stdout - from.stdout - shares.stdout;
    const stderr = note.stderr - from.stderr - shares.stderr;
    if (stdout + stderr >= left) {
      const taken = Math.min(
        stdout,
        stderr === 0 ? left : Math.max(Math.ceil(left / 2), left - stderr),
      );
      return {
        stdout: shares.stdout + taken,
        stderr: shares.stderr + Math.min(stderr, left - taken),
      };
    }
    shares.stdout += stdout;
    shares.stderr += stderr;
  }
  return null;
}

/** Pages of both streams in the order of the notes; whole lines, and what is left behind them. */
export function segmentsInOrder(
  pages: readonly StreamPage[],
  notes: readonly Note[],
): { lines: Segment[]; unfinished: Segment[] } {
  const rests = pages.map(({ stream, page }) => new Rest(stream, page));
  const lines: Segment[] = [];
  for (const note of [...notes, { stdout: Infinity, stderr: Infinity }]) {
    for (const rest of rests) {
      const taken = rest.takeLines(note[rest.stream]);
      if (taken === null) continue;
      const last = lines.at(-1)?.stream === rest.stream ? lines.pop() : undefined;
      lines.push(last ? rest.segment(last.from, taken.next) : taken);
    }
  }
  return { lines, unfinished: rests.flatMap((rest) => rest.takeAll() ?? []) };
}

/** What was not yet taken of a page. */
class Rest {
  readonly stream: Stream;
  readonly #page: OutputPage;
  #at: number;

  constructor(stream: Stream, page: OutputPage) {
    this.stream = stream;
    this.#page = page;
    this.#at = page.from;
  }

  /** Whole lines before the offset `end`. */
  takeLines(end: number): Segment | null {
    const { bytes, from } = this.#page;
    const last = Math.min(end - from, bytes.length) - 1;
    return last < 0 ? null : this.#take(from + bytes.lastIndexOf(LINE_FEED, last) + 1);
  }

  takeAll(): Segment | null {
    return this.#take(this.#page.next);
  }

  segment(from: number, next: number): Segment {
    const { bytes: all, from: start, skipped } = this.#page;
    const bytes = all.subarray(from - start, next - start);
    const { stream } = this;
    return { stream, bytes, from, next, ...(from === start && skipped ? { skipped } : {}) };
  }

  #take(next: number): Segment | null {
    const from = this.#at;
    if (next <= from) return null;
    this.#at = next;
    return this.segment(from, next);
  }
}

const LINE_FEED = 0x0a;
const MARKS = { stdout: 'out| ', stderr: 'err| ' };
const MARK_BYTES = 5;

/** Bytes that marked lines take, at most. */
export function markedLength(segments: readonly Segment[]): number {
  let length = 0;
  for (const { bytes } of segments) {
    length += bytes.length;
    for (let at = -1; (at = bytes.indexOf(LINE_FEED, at + 1)) >= 0;) length += MARK_BYTES;
    if (bytes.at(-1) !== LINE_FEED) length += MARK_BYTES + 1;
  }
  return length;
}

/** @param text of the segment as people read it: every line gets the name of its stream before it. */
export function markLines({ stream, skipped }: Segment, text: string): string {
  const mark = MARKS[stream];
  const lines = (text.endsWith('\n') ? text.slice(0, -1) : text).split('\n');
  const before = skipped ? `${mark}[… ${describeGap(skipped)} …]\n` : '';
  return before + lines.map((line) => `${mark}${line}\n`).join('');
}
