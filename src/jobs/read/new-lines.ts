/**
 * Whether output that grows has a completed line more. What is drawn over again completes none: bars
 * that begin with a carriage return, and bars below each other, which move down and up again.
 */
import type { Cursor } from '../../core/cursor.ts';
import { type JobFolder, type Stream, STREAMS } from '../../output/files/job-folder.ts';
import { readPage } from '../../output/files/read-page.ts';

const PIECE_BYTES = 64 * 1024;
/** Lines down, or any number of them up. */
// oxlint-disable-next-line no-control-regex -- terminals are told so
const MOVES = /\n|\u001b\[(\d*)A/g;
/** The beginning of a sequence whose rest is still to come. */
// oxlint-disable-next-line no-control-regex
const CUT_SEQUENCE = /\u001b(?:\[\d*)?$/;

/** Each call of `haveCome` looks only at what came since the one before. */
export class NewLines {
  readonly #folder: JobFolder;
  readonly #position: Cursor;
  readonly #completed: Cursor = { stdout: 0, stderr: 0 };

  constructor(folder: JobFolder, from: Cursor) {
    this.#folder = folder;
    this.#position = { ...from };
  }

  /** Null: there is more to look at than fits into one turn. */
  haveCome(): boolean | null {
    const isBehind = STREAMS.map((stream) => this.#lookAt(stream)).includes(true);
    if (STREAMS.some((stream) => this.#completed[stream] > 0)) return true;
    return isBehind ? null : false;
  }

  #lookAt(stream: Stream): boolean {
    const from = this.#position[stream];
    const page = readPage(this.#folder[stream], from, PIECE_BYTES, true);
    const text = Buffer.from(page.bytes).toString('latin1').replace(CUT_SEQUENCE, '');
    for (const [move, up] of text.matchAll(MOVES)) {
      this.#completed[stream] += move === '\n' ? 1 : -Number(up || 1);
    }
    this.#position[stream] = page.from + text.length;
    return page.next < page.size && page.bytes.length > 0;
  }
}
