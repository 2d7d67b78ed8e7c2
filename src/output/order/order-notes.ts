/**
 * In which order both streams grew, as the Python runtime noted it: `order` holds the length of
 * both logs (milliseconds, stdout bytes, stderr bytes, 8 bytes each, little-endian) whenever the
 * stream that grows changes. The job could write that file: it is only ever believed about the order.
 */
import { closeSync, lstatSync } from 'node:fs';
import { type Cursor, START } from '../../core/cursor.ts';
import { readFully } from '../../os/read-fully.ts';
import { openSafely } from '../../os/safe-open.ts';
import { inEarlierPlace, type Stream } from '../files/job-folder.ts';

/** Both streams had these lengths at one moment. */
export type Note = Cursor;

const NOTE_BYTES = 24;
/** Notes used for one page: more would be one for every few bytes of it. */
export const MOST_NOTES = 4_096;

/** Where it is not, both streams can only be shown one after the other. */
export function isOrderKnown(path: string): boolean {
  const stats = lstatSync(path, { throwIfNoEntry: false });
  return stats !== undefined && stats.isFile() && stats.size >= NOTE_BYTES;
}

/** The notes that lie behind `from`, oldest first, as many as cover `maxBytes`. */
export function readOrder(path: string, from: Cursor, maxBytes: number): Note[] {
  return withNotes(path, [], (fd, count) => {
    const first = firstWhere(fd, count, (note) => isBehind(note, from));
    const read = readNotes(fd, first, Math.min(MOST_NOTES, count - first));
    return covering(from, largest, read, maxBytes);
  });
}

/** Down from `to`: the notes that lie before it, newest first, as many as cover `maxBytes`. */
export function readOrderBefore(path: string, to: Cursor, maxBytes: number): Note[] {
  return withNotes(path, [], (fd, count) => {
    const last = firstWhere(fd, count, (note) => !isBehind(to, note));
    const first = Math.max(0, last - MOST_NOTES);
    return covering(to, smallest, readNotes(fd, first, last - first).toReversed(), maxBytes);
  });
}

/** The notes between which a stream grew over `offset`; `end` where none came after that. */
export function notesAround(
  path: string,
  stream: Stream,
  offset: number,
  end: Note,
): [before: Note, behind: Note] {
  return withNotes(path, [START, end], (fd, count) => {
    const place = firstWhere(fd, count, (note) => note[stream] > offset);
    const [before = START] = place > 0 ? readNotes(fd, place - 1, 1) : [];
    const [behind = end] = place < count ? readNotes(fd, place, 1) : [];
    return [smallest(before, end), smallest(behind, end)];
  });
}

/** Notes lead away from `from`, whatever a job wrote. */
function covering(
  from: Note,
  further: (note: Note, other: Note) => Note,
  read: readonly Note[],
  maxBytes: number,
): Note[] {
  const notes: Note[] = [];
  let last = from;
  for (const note of read) {
    last = further(last, note);
    notes.push(last);
    if (Math.abs(last.stdout - from.stdout + last.stderr - from.stderr) >= maxBytes) break;
  }
  return notes;
}

export function largest(note: Note, other: Note): Note {
  return {
    stdout: Math.max(note.stdout, other.stdout),
    stderr: Math.max(note.stderr, other.stderr),
  };
}

export function smallest(note: Note, other: Note): Note {
  return {
    stdout: Math.min(note.stdout, other.stdout),
    stderr: Math.min(note.stderr, other.stderr),
  };
}

function isBehind(note: Note, from: Note): boolean {
  return note.stdout > from.stdout || note.stderr > from.stderr;
}

/** Both lengths only grow, so that notes can be found by halving. */
function firstWhere(fd: number, count: number, fits: (note: Note) => boolean): number {
  let [low, high] = [0, count];
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    const [note] = readNotes(fd, middle, 1);
    if (note && fits(note)) high = middle;
    else low = middle + 1;
  }
  return low;
}

function withNotes<T>(path: string, none: T, read: (fd: number, count: number) => T): T {
  const file = openSafely(path) ?? openSafely(inEarlierPlace(path) ?? path);
  if (file === null) return none;
  try {
    return read(file.fd, Math.floor(file.stats.size / NOTE_BYTES));
  } finally {
    closeSync(file.fd);
  }
}

function readNotes(fd: number, first: number, count: number): Note[] {
  const bytes = readFully(fd, first * NOTE_BYTES, Math.max(0, count) * NOTE_BYTES);
  return Array.from({ length: Math.floor(bytes.length / NOTE_BYTES) }, (_, place) => ({
    stdout: Number(bytes.readBigUInt64LE(place * NOTE_BYTES + 8)),
    stderr: Number(bytes.readBigUInt64LE(place * NOTE_BYTES + 16)),
  }));
}
