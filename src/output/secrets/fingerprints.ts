/**
 * What is kept of secret values, in a job's folder: enough to find them in its output again, by any
 * server and after any restart, and not the values. Of each piece: its length, its first byte,
 * whether it has a blank, 16 bits of its beginning, which are looked for, and a keyed hash, by which
 * what was found is known.
 */
import { createHash, createHmac, randomBytes } from 'node:crypto';
import * as z from 'zod';
import { SHORTEST } from './secret-values.ts';

export const BLANK = 0x20;

const Fingerprints = z.object({
  salt: z.string(),
  pieces: z.array(
    z.object({
      bytes: z.int(),
      first: z.int(),
      blank: z.boolean(),
      head: z.int().min(0).max(0xffff),
      hash: z.string(),
    }),
  ),
});

export type Fingerprints = z.infer<typeof Fingerprints>;
export type Fingerprint = Fingerprints['pieces'][number];

export function fingerprintsOf(pieces: readonly Buffer[]): Fingerprints {
  const salt = randomBytes(16).toString('hex');
  const heads = new Heads(salt);
  return {
    salt,
    pieces: pieces.map((piece) => ({
      bytes: piece.length,
      first: piece[0] ?? 0,
      blank: piece.includes(BLANK),
      head: heads.of(piece),
      hash: hashOf(salt, piece),
    })),
  };
}

/** @throws when it is none */
export function parseFingerprints(text: string): Fingerprints {
  return Fingerprints.parse(JSON.parse(text));
}

export function hashOf(salt: string, piece: Uint8Array): string {
  return createHmac('sha256', salt).update(piece).digest('base64');
}

/** 16 bits of every stretch of SHORTEST bytes, each found from the one before it. */
export class Heads {
  readonly #base: number;
  /** Of the byte that leaves the stretch. */
  readonly #leaving: number;

  constructor(salt: string) {
    this.#base = createHash('sha256').update(salt).digest().readUInt32LE() | 1;
    this.#leaving = 1;
    for (let count = 0; count < SHORTEST; count += 1) {
      this.#leaving = Math.imul(this.#leaving, this.#base);
    }
  }

  /** Of the stretch that a piece begins with. */
  of(piece: Uint8Array): number {
    let sum = 0;
    for (const byte of piece.subarray(0, SHORTEST)) sum = (Math.imul(sum, this.#base) + byte) | 0;
    return mixed(sum);
  }

  /** Calls `found` with where stretches begin whose bits are wanted: some 20 ns a byte. */
  find(bytes: Uint8Array, wanted: Uint8Array, found: (at: number, head: number) => void): void {
    const [base, leaving] = [this.#base, this.#leaving];
    let [sum, left] = [0, 0];
    for (let at = 0; at < bytes.length; at += 1) {
      sum = (Math.imul(sum, base) + (bytes[at] ?? 0) - Math.imul(left, leaving)) | 0;
      const start = at - SHORTEST + 1;
      if (start < 0) continue;
      left = bytes[start] ?? 0;
      const head = mixed(sum);
      if (wanted[head] === 1) found(start, head);
    }
  }
}

/** The low bits of a sum know of its last bytes alone, the high ones of the first: all count. */
function mixed(sum: number): number {
  return Math.imul(sum ^ (sum >>> 15), 0x9e3779b1) >>> 16;
}
