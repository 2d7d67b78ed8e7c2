/** The terminal as the place where pieces of output are written, and what is known of them. */
import { bytes } from '../kit/format.ts';
import { inParts, type Piece, type Place, placeOf, START } from './output-pages.ts';
import { NOTHING_YET, type OutputState } from './output-state.ts';
import { Store } from '../api/store.ts';
import { StreamJoiner } from './stream-joiner.ts';
import type { Mark, TerminalView } from './terminal.ts';

const PART_BYTES = 16 * 1024;

export class OutputScreen {
  readonly state = new Store<OutputState>(NOTHING_YET);
  readonly #terminal: TerminalView;
  #joiner = new StreamJoiner();
  /** Up to where each stream was written. */
  #at: Place = START;
  #marks: { mark: Mark; place: Place }[] = [];
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
    this.#at = place;
    this.#marks = [];
    this.#terminal.clear();
    this.change({ window, lines: 0, earlier: false });
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
    this.change({ lines: this.#terminal.lines, earlier: stdout + stderr > 0 });
  }

  #take(piece: Piece): string {
    const { stream, from, next, bytes: written } = piece;
    const missing = from - this.#at[stream];
    this.#at = { ...this.#at, [stream]: next };
    const text = this.#joiner.join(stream, new TextDecoder().decode(written));
    return missing > 0 ? notKept(missing) + text : text;
  }

  /** Where the kept rows begin. */
  top(): Place | null {
    this.#marks = this.#marks.filter(({ mark }) => !mark.isDisposed);
    return this.#marks[0]?.place ?? null;
  }

  #markRow(): void {
    const mark = this.#terminal.mark();
    if (mark) this.#marks.push({ mark, place: this.#at });
  }
}

/** Output over its limit has lost its middle. */
function notKept(size: number): string {
  return `\r\n\u001b[0;2m[ ${bytes(size)} not kept ]\u001b[0m\r\n`;
}
