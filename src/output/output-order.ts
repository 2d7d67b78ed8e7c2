/**
 * In which order the lines of both streams became visible. The Python runtime notes the length of
 * both logs (work/order: milliseconds, stdout bytes, stderr bytes, 8 bytes each, little-endian)
 * whenever the stream that grows changes. The job could write that file: it is only ever believed
 * about the order.
 */
import { closeSync, fstatSync, readSync } from 'node:fs';
import type { Cursor } from '../core/cursor.ts';
import { type Stream, STREAMS } from './job-folder.ts';
import { present } from './output-window.ts';
import { openIfThere } from './output-gap.ts';
import type { OutputPage } from './read-page.ts';

/** Both streams had these lengths at one moment. */
type Note = Cursor;

interface StreamPage {
  stream: Stream;
  page: OutputPage;
}

const NOTE_BYTES = 24;
/** Notes used for one page: more would be one for every few bytes of it. */
const MOST_NOTES = 4_096;

/** The notes that lie behind `from`, oldest first, as many as cover `maxBytes`. */
export function readOrder(path: string, from: Cursor, maxBytes: number): Note[] {
  const fd = openIfThere(path);
  if (fd === null) return [];
  try {
    const stat = fstatSync(fd);
    const count = stat.isFile() ? Math.floor(stat.size / NOTE_BYTES) : 0;
    return notesFrom(fd, firstBehind(fd, count, from), count, from, maxBytes);
  } finally {
    closeSync(fd);
  }
}

/** Both lengths only grow, so that notes can be found by halving. */
function firstBehind(fd: number, count: number, from: Cursor): number {
  let [low, high] = [0, count];
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    const [note] = readNotes(fd, middle, 1);
    if (note && isBehind(note, from)) high = middle;
    else low = middle + 1;
  }
  return low;
}

function notesFrom(
  fd: number,
  first: number,
  count: number,
  from: Cursor,
  maxBytes: number,
): Note[] {
  const notes: Note[] = [];
  let last = from;
  for (const note of readNotes(fd, first, Math.min(MOST_NOTES, count - first))) {
    const next = {
      stdout: Math.max(last.stdout, note.stdout),
      stderr: Math.max(last.stderr, note.stderr),
    };
    notes.push(next);
    last = next;
    if (next.stdout - from.stdout + next.stderr - from.stderr >= maxBytes) break;
  }
  return notes;
}

function readNotes(fd: number, first: number, count: number): Note[] {
  const bytes = Buffer.alloc(Math.max(0, count) * NOTE_BYTES);
  const length = readSync(fd, bytes, 0, bytes.length, first * NOTE_BYTES);
  return Array.from({ length: Math.floor(length / NOTE_BYTES) }, (_, place) => ({
    stdout: Number(bytes.readBigUInt64LE(place * NOTE_BYTES + 8)),
    stderr: Number(bytes.readBigUInt64LE(place * NOTE_BYTES + 16)),
  }));
}

function isBehind(note: Note, from: Cursor): boolean {
  return note.stdout > from.stdout || note.stderr > from.stderr;
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

/** Bytes that `inOrder` makes of these pages, at most. */
export function markedLength(pages: readonly StreamPage[]): number {
  let length = 0;
  for (const { page } of pages) {
    length += page.bytes.length;
    for (let at = -1; (at = page.bytes.indexOf(0x0a, at + 1)) >= 0;) length += MARK_BYTES;
    length += MARK_BYTES;
  }
  return length;
}

/** Pages of both streams as lines in the order of the notes, each marked with its stream. */
export function inOrder(pages: readonly StreamPage[], notes: readonly Note[]): string {
  const writer = new LineWriter();
  const at = pages.map(({ page }) => page.from);
  for (const note of [...notes, { stdout: Infinity, stderr: Infinity }]) {
    for (const [place, { stream, page }] of pages.entries()) {
      const [start, end] = [at[place] ?? 0, Math.min(page.next, note[stream])];
      if (end <= start) continue;
      writer.add(stream, page.bytes.subarray(start - page.from, end - page.from));
      at[place] = end;
    }
  }
  return writer.end();
}

const MARKS = { stdout: 'out| ', stderr: 'err| ' };
const MARK_BYTES = 5;

/** A line is shown when it is complete: the streams never share one. */
class LineWriter {
  readonly #parts: string[] = [];
  readonly #unfinished: Record<Stream, Uint8Array[]> = { stdout: [], stderr: [] };

  add(stream: Stream, bytes: Uint8Array): void {
    const complete = bytes.lastIndexOf(0x0a) + 1;
    if (complete > 0) this.#show(stream, bytes.subarray(0, complete));
    if (complete < bytes.length) this.#unfinished[stream].push(bytes.subarray(complete));
  }

  end(): string {
    for (const stream of STREAMS) {
      if (this.#unfinished[stream].length > 0) this.#show(stream, new Uint8Array());
    }
    return this.#parts.join('');
  }

  #show(stream: Stream, bytes: Uint8Array): void {
    const text = present(Buffer.concat([...this.#unfinished[stream], bytes]));
    this.#unfinished[stream] = [];
    const lines = (text.endsWith('\n') ? text.slice(0, -1) : text).split('\n');
    this.#parts.push(lines.map((line) => `${MARKS[stream]}${line}\n`).join(''));
  }
}
