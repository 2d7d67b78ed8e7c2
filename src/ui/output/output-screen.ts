/** The terminal as the place where pieces of output are written, and what is known of them. */
import { bytes } from '../kit/format.ts';
import { type Line, LineLedger, type Lines } from '../lines/line-ledger.ts';
import { inParts, type Piece, type Place, placeOf, START } from './output-pages.ts';
import { NOTHING_YET, type OutputState } from './output-state.ts';
import { Store } from '../api/store.ts';
import { type Joint, StreamJoiner, written } from './stream-joiner.ts';
import type { Mark, TerminalView } from './terminal.ts';

const PART_BYTES = 16 * 1024;

interface MarkedRow {
  mark: Mark;
  place: Place;
  lines: Lines;
}

/** A row of the screen. */
export interface ShownRow {
  /** Null: nothing was written there, or nobody knows what. */
  line: Line | null;
  /** The line begins in it: it may fill several rows. */
  isFirst: boolean;
}

export class OutputScreen {
  readonly state = new Store<OutputState>(NOTHING_YET);
  readonly #terminal: TerminalView;
  #joiner = new StreamJoiner();
  #ledger = new LineLedger();
  /** Up to where each stream was written. */
  #at: Place = START;
  #marks: MarkedRow[] = [];
  /** What was written for an earlier screen is not for this one. */
  #epoch = 0;
  #isClosed = false;

  constructor(terminal: TerminalView) {
    this.#terminal = terminal;
  }

  /** From here on nothing of it changes. */
  close(): void {
    this.#isClosed = true;
  }

  change(change: Partial<OutputState>): void {
    if (!this.#isClosed) this.state.set({ ...this.state.value, ...change });
  }

  /** The streams are this long, at least. */
  grow(sizes: Partial<Place>): void {
    const { sizes: known } = this.state.value;
    this.change({ sizes: placeOf((stream) => Math.max(known[stream], sizes[stream] ?? 0)) });
  }

  /** Empty; what is written next begins at `place`. */
  clear(place: Place, window: OutputState['window']): void {
    this.#epoch += 1;
    this.#joiner = new StreamJoiner();
    this.#ledger = new LineLedger();
    this.#at = place;
    this.#marks = [];
    this.#terminal.clear();
    this.change({ window, start: place, written: START, lines: 0, earlier: false });
  }

  /** What is left of it is not written when the screen is cleared meanwhile. */
  async write(pieces: readonly Piece[]): Promise<void> {
    const epoch = this.#epoch;
    for (const part of inParts(pieces, PART_BYTES)) {
      this.#markRow();
      await this.#terminal.write(part.map((piece) => this.#take(piece)).join(''));
      if (epoch !== this.#epoch) return;
    }
    const { stdout, stderr } = this.top() ?? START;
    const written = this.#ledger.counted;
    this.change({ lines: this.#terminal.lines, written, earlier: stdout + stderr > 0 });
  }

  #take(piece: Piece): string {
    const { stream, from, next, bytes: content } = piece;
    const missing = from - this.#at[stream];
    this.#at = { ...this.#at, [stream]: next };
    if (missing > 0) this.#ledger.gap(stream);
    const text = new TextDecoder().decode(content);
    const joint = this.#joiner.join(stream, text);
    this.#note(piece, joint);
    return (missing > 0 ? notKept(missing) : '') + written(joint, text);
  }

  #note(piece: Piece, { before, bar }: Joint): void {
    if (before === 'line feed') this.#ledger.newLine();
    const lifted = before === 'erase line' ? this.#ledger.lift() : null;
    this.#ledger.take(piece);
    if (bar) this.#ledger.putBack(lifted);
  }

  /** What the rows in sight are of. */
  rowsInSight(): ShownRow[] {
    const { first, rows } = this.#terminal.inSight();
    let at = this.#marks.findLastIndex(({ mark }) => !mark.isDisposed && mark.line <= first);
    if (at === -1) return [];
    const shown: ShownRow[] = [];
    let place = 0;
    for (let row = this.#rowOf(at); row < first + rows; row += 1) {
      const isFirst = !this.#terminal.isWrapped(row);
      const before = at;
      while (this.#rowOf(at + 1) <= row) at += 1;
      if (at !== before) place = 0;
      else if (isFirst && row > this.#rowOf(at)) place += 1;
      if (row >= first) shown.push({ line: this.#marks[at]?.lines[place] ?? null, isFirst });
    }
    return shown;
  }

  #rowOf(at: number): number {
    return this.#marks[at]?.mark.line ?? Infinity;
  }

  /** Where the kept rows begin. */
  top(): Place | null {
    this.#marks = this.#marks.filter(({ mark }) => !mark.isDisposed);
    return this.#marks[0]?.place ?? null;
  }

  #markRow(): void {
    const mark = this.#terminal.mark();
    if (mark) this.#marks.push({ mark, place: this.#at, lines: this.#ledger.mark() });
  }
}

/** Output over its limit has lost its middle. */
function notKept(size: number): string {
  return `\r\n\u001b[0;2m[ ${bytes(size)} not kept ]\u001b[0m\r\n`;
}
