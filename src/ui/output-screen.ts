/** The terminal as the place where pieces of output are written, and where each of them begins. */
import type { StreamName } from './api-types.ts';
import { bytes } from './format.ts';
import { inParts, type Piece } from './output-pages.ts';
import { STREAMS } from './output-state.ts';
import { StreamJoiner } from './stream-joiner.ts';
import type { Mark, TerminalView } from './terminal.ts';

const PART_BYTES = 16 * 1024;

export interface Place {
  stream: StreamName;
  offset: number;
}

export class OutputScreen {
  readonly terminal: TerminalView;
  #joiner = new StreamJoiner();
  #marks: (Place & { mark: Mark })[] = [];
  /** What was written for an earlier screen is not for this one. */
  #epoch = 0;

  constructor(terminal: TerminalView) {
    this.terminal = terminal;
  }

  clear(): void {
    this.#epoch += 1;
    this.#joiner = new StreamJoiner();
    this.#marks = [];
    this.terminal.clear();
  }

  /** False when the screen was cleared meanwhile. */
  async write(piece: Piece): Promise<boolean> {
    const decoder = new TextDecoder();
    const epoch = this.#epoch;
    for (const part of inParts(piece, PART_BYTES)) {
      const mark = this.terminal.mark();
      if (mark) this.#marks.push({ mark, stream: part.stream, offset: part.from });
      const text = decoder.decode(part.bytes, { stream: true });
      await this.terminal.write(this.#joiner.join(part.stream, text));
      if (epoch !== this.#epoch) return false;
    }
    return true;
  }

  /** Output over its limit has lost its middle. */
  async sayNotKept(size: number): Promise<void> {
    await this.terminal.write(`\r\n\u001b[0;2m[ ${bytes(size)} not kept ]\u001b[0m\r\n`);
  }

  /** Where the kept rows of a stream begin in its file: of one that has more before it, if any. */
  top(): Place | null {
    this.#marks = this.#marks.filter(({ mark }) => !mark.isDisposed);
    const tops = STREAMS.map((stream) => this.#marks.find((mark) => mark.stream === stream));
    return tops.find((top) => top && top.offset > 0) ?? tops.find(Boolean) ?? null;
  }
}
