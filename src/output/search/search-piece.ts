/** A piece of output that is searched at once: lines, or a part of a long one, and where they begin. */
import { type Stretch, OVERLAP } from './text-finder.ts';
import type { Gap } from '../files/output-gap.ts';
import { readBytes, readPage } from '../files/read-page.ts';

export interface Piece extends Stretch {
  /** Offset of the first byte in the output. */
  base: number;
  /** Where what is searched begins: before it lies the beginning of its line. */
  begin: number;
  /** Its first byte begins a line. */
  startsLine: boolean;
  /** Size of the output when it was read. */
  size: number;
  skipped: Gap | null;
}

const PIECE_BYTES = 256 * 1024;
/** A line is shown from its beginning when that is not further away. */
const LOOK_BACK = 4096;
const NEWLINE = 0x0a;

/** The output from `from` on, up to a line's end if there is one. */
export function readPiece(path: string, from: number): Piece {
  const page = readPage(path, from, PIECE_BYTES, true);
  const context = page.skipped ? NO_CONTEXT : readContext(path, from);
  const bytes = Buffer.concat([context.bytes, page.bytes]);
  // A page is up to three bytes shorter where a character is cut. Else the output or a gap ends it.
  const isCut = page.bytes.length >= PIECE_BYTES - 3;
  const lines = isCut ? bytes.lastIndexOf(NEWLINE) + 1 : bytes.length;
  const open = lines === 0;
  return {
    bytes: open ? bytes : bytes.subarray(0, lines),
    open: open && isCut,
    base: page.from - context.bytes.length,
    begin: context.bytes.length,
    startsLine: context.startsLine,
    size: page.size,
    skipped: page.skipped ?? null,
  };
}

/** Up to here matches are known: one that begins later in an open line may go on behind the piece. */
export function settledLength({ bytes, open }: Stretch): number {
  return open ? bytes.length - OVERLAP : bytes.length;
}

interface Context {
  bytes: Uint8Array;
  startsLine: boolean;
}

const NO_CONTEXT: Context = { bytes: new Uint8Array(), startsLine: true };

/** What the line at `offset` begins with, as far as it is near. */
function readContext(path: string, offset: number): Context {
  if (offset === 0) return NO_CONTEXT;
  const start = Math.max(0, offset - LOOK_BACK);
  const { from } = readPage(path, start, 0, true); // behind a gap, if one lies here
  const before = Buffer.from(readBytes(path, from, Math.max(0, offset - from)));
  if (from + before.length !== offset) return NO_CONTEXT; // a gap begins in between
  const newline = before.lastIndexOf(NEWLINE);
  const startsLine = newline >= 0 || from === 0 || from !== start;
  return { bytes: before.subarray(newline + 1), startsLine };
}

/** Borders of lines in a piece, for positions in rising order: each byte is looked at once. */
export class LineBorders {
  readonly #piece: Piece;
  #start = 0;
  /** Between the start and here is no line end. */
  #lookedTo = 0;
  #end = -1;

  constructor(piece: Piece) {
    this.#piece = piece;
  }

  /** Of the line with the byte at `position`. */
  startOf(position: number): number {
    const found = this.#piece.bytes.subarray(this.#lookedTo, position).lastIndexOf(NEWLINE);
    if (found >= 0) this.#start = this.#lookedTo + found + 1;
    this.#lookedTo = Math.max(this.#lookedTo, position);
    return this.#start;
  }

  /** Of the line that goes on at `position`; the piece's end when its own is not there. */
  endOf(position: number): number {
    if (position <= this.#end) return this.#end;
    const found = this.#piece.bytes.indexOf(NEWLINE, position);
    this.#end = found < 0 ? this.#piece.bytes.length : found;
    return this.#end;
  }
}
