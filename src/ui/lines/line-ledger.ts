/**
 * What the lines on the screen are: of which stream, where they begin in it, what they tell. It goes
 * along with what is written, by line feeds and by the steps upwards of bars that are several lines
 * high; whatever else moves the cursor is forgotten at the next mark, where the screen says its row.
 */
import type { StreamName } from '../api/api-types.ts';
import { KindReader, type LineKind } from './line-kind.ts';

export interface Line {
  stream: StreamName;
  /** Of its first byte. */
  offset: number;
  /** So many lines of its stream were written before it since the screen was empty. */
  before: number;
  /** Lines between the first on the screen and this one are gone: nobody counted them. */
  isBehindGap: boolean;
  kind: LineKind;
}

/** The lines written since a mark; the first goes on in the row of the mark. Null: nothing yet. */
export type Lines = (Line | null)[];

export interface Written {
  stream: StreamName;
  from: number;
  bytes: Uint8Array;
}

const LINE_FEED = '\n';
// oxlint-disable-next-line no-control-regex -- it is what moves the cursor
const MOVES = /\n|\u001b\[(\d*)A/g;
/** So much of a line is looked at. */
const LONGEST_LOOK = 400;
/** One character for each byte, so that places in the text are offsets. */
const LATIN = new TextDecoder('latin1');

export class LineLedger {
  #lines: Lines = [null];
  #at = 0;
  /** Of the line the cursor is in. */
  #text = '';
  readonly #counted: Record<StreamName, number> = { stdout: 0, stderr: 0 };
  readonly #isBehindGap: Record<StreamName, boolean> = { stdout: false, stderr: false };
  readonly #kinds = { stdout: new KindReader(), stderr: new KindReader() };

  /** Whole lines of each stream. */
  get counted(): Record<StreamName, number> {
    return { ...this.#counted };
  }

  /** Lines from the one on that the cursor is in. */
  mark(): Lines {
    this.#lines = [this.#lines[this.#at] ?? null];
    this.#at = 0;
    return this.#lines;
  }

  newLine(): void {
    this.#at += 1;
    this.#text = '';
    if (this.#at >= this.#lines.length) this.#lines.push(null);
  }

  /** A part of a stream that is gone is told in a line of its own. */
  gap(stream: StreamName): void {
    this.newLine();
    this.newLine();
    this.#isBehindGap[stream] = true;
  }

  /** What a bar shows is erased, to stand below what is written instead of it: returns its line. */
  lift(): Line | null {
    const bar = this.#lines[this.#at] ?? null;
    this.#lines[this.#at] = null;
    this.#text = '';
    return bar;
  }

  putBack(bar: Line | null): void {
    this.#lines[this.#at] = bar;
  }

  take({ stream, from, bytes }: Written): void {
    const text = LATIN.decode(bytes);
    let start = 0;
    for (const { 0: move, 1: rows, index } of text.matchAll(MOVES)) {
      this.#write(stream, from + start, text.slice(start, index), move === LINE_FEED);
      start = index + move.length;
      if (move === LINE_FEED) this.#endLine(stream);
      else this.#at = Math.max(0, this.#at - (Number(rows) || 1));
    }
    this.#write(stream, from + start, text.slice(start), false);
  }

  #write(stream: StreamName, offset: number, text: string, isWhole: boolean): void {
    if (text === '' && !isWhole) return;
    this.#text = (this.#text + text).slice(0, LONGEST_LOOK);
    const line = this.#lines[this.#at] ?? this.#begin(stream, offset);
    line.kind = this.#kinds[stream].kindOf(this.#text, isWhole);
  }

  #begin(stream: StreamName, offset: number): Line {
    const isBehindGap = this.#isBehindGap[stream];
    const before = this.#counted[stream];
    const line: Line = { stream, offset, before, isBehindGap, kind: 'plain' };
    this.#lines[this.#at] = line;
    return line;
  }

  #endLine(stream: StreamName): void {
    this.#counted[stream] += 1;
    this.newLine();
  }
}
