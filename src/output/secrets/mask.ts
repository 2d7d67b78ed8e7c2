/**
 * Puts asterisks over secret values, as many as they have bytes: every position stays what it is,
 * so cursors, pages and sizes are those of the bytes on disk.
 */
import { BLANK, type Fingerprint, type Fingerprints, hashOf, Heads } from './fingerprints.ts';
import { SHORTEST } from './secret-values.ts';

const ASTERISK = 0x2a;
const LINE_FEED = 0x0a;

interface Stretch {
  from: number;
  to: number;
}

export class Mask {
  /** So far around bytes one has to look to know what of them is to be covered. */
  readonly reach: number;
  readonly #salt: string;
  readonly #heads: Heads;
  readonly #pieces = new Map<number, Fingerprint[]>();
  readonly #isHead = new Uint8Array(0x1_0000);
  /** First bytes: of values without a blank, and of those with one. */
  readonly #firsts = { plain: new Set<number>(), blank: new Set<number>() };

  constructor({ salt, pieces }: Fingerprints) {
    this.#salt = salt;
    this.#heads = new Heads(salt);
    this.reach = Math.max(...pieces.map(({ bytes }) => bytes)) - 1;
    for (const piece of pieces) {
      this.#isHead[piece.head] = 1;
      this.#firsts[piece.blank ? 'blank' : 'plain'].add(piece.first);
      this.#pieces.set(piece.head, [...(this.#pieces.get(piece.head) ?? []), piece]);
    }
  }

  /**
   * Covers what is secret of these bytes, in place; true when something was.
   * @param isCut nothing follows them: what a value begins with is covered at their end, too
   */
  cover(bytes: Uint8Array, isCut: boolean): boolean {
    const found: Stretch[] = [];
    this.#heads.find(bytes, this.#isHead, (from, head) => {
      const whole = this.#wholeAt(bytes, from, head);
      if (whole > 0) found.push({ from, to: from + whole });
      else if (isCut && this.#isCutAt(bytes, from, head)) found.push({ from, to: bytes.length });
    });
    for (const { from, to } of found) bytes.fill(ASTERISK, from, to);
    return found.length > 0;
  }

  /** How many of these bytes are surely not of a value that is still to be completed behind them. */
  settledLength(bytes: Uint8Array): number {
    let settled = bytes.length;
    const { plain, blank } = this.#firsts;
    let hasBlank = false;
    for (let at = bytes.length - 1; at > bytes.length - SHORTEST && at >= 0; at -= 1) {
      const byte = bytes[at] ?? 0;
      hasBlank ||= byte === BLANK;
      if (byte === LINE_FEED) break;
      if (blank.has(byte) || (!hasBlank && plain.has(byte))) settled = at;
    }
    this.#heads.find(bytes, this.#isHead, (from, head) => {
      if (this.#isCutAt(bytes, from, head)) settled = Math.min(settled, from);
    });
    return settled;
  }

  text(text: string): string {
    const bytes = Buffer.from(text);
    return this.cover(bytes, false) ? bytes.toString() : text;
  }

  /** The length of the longest piece that begins there; 0 when none does. */
  #wholeAt(bytes: Uint8Array, from: number, head: number): number {
    const whole = this.#pieces.get(head)?.filter(({ bytes: length, hash }) => {
      const piece = bytes.subarray(from, from + length);
      return piece.length === length && hashOf(this.#salt, piece) === hash;
    });
    return Math.max(0, ...(whole ?? []).map(({ bytes: length }) => length));
  }

  #isCutAt(bytes: Uint8Array, from: number, head: number): boolean {
    const pieces = this.#pieces.get(head) ?? [];
    return pieces.some(({ bytes: length }) => from + length > bytes.length);
  }
}
