/**
 * The growing end of one stream, read as it grows through a descriptor that stays open: what was
 * just written is there for all followers after a single read.
 */
import { closeSync, existsSync, fstatSync, readSync } from 'node:fs';
import { dirname } from 'node:path';
import { completeLength } from '../../output/files/code-points.ts';
import { openSafely } from '../../os/safe-open.ts';
import { gapFile } from '../../output/files/output-gap.ts';
import { sizeOf } from '../../output/files/output-file.ts';
import { maskOf } from '../../output/secrets/job-mask.ts';

/** More than this at once is a flood: followers read it page by page. */
const GULP_BYTES = 16 * 1024;
/** Filled and copied from within one turn. */
const gulp = Buffer.allocUnsafeSlow(GULP_BYTES);

export class LiveTail {
  readonly #path: string;
  #fd: number | null = null;
  #end: number;
  #newest = Buffer.alloc(0);
  /** What it has to hide is told by pages, which look at what is around. */
  #isMasked: boolean | null = null;

  constructor(path: string) {
    this.#path = path;
    this.#end = sizeOf(path);
  }

  /** Nothing is there behind this offset, as of the last call of `hasGrown`. */
  get end(): number {
    return this.#end;
  }

  /** What the last growth added, whole code points, if it begins at this offset. */
  newestFrom(offset: number): Buffer | null {
    const { length } = this.#newest;
    return length > 0 && offset === this.#end - length ? this.#newest : null;
  }

  /** Looks whether something was added since the last call. */
  hasGrown(): boolean {
    this.#fd ??= openSafely(this.#path)?.fd ?? null;
    if (this.#fd === null) return false;
    const count = readSync(this.#fd, gulp, 0, GULP_BYTES, this.#end);
    const length = completeLength(gulp, count);
    if (length === 0) return false;
    const bytes = Buffer.copyBytesFrom(gulp, 0, length);
    this.#isMasked ??= maskOf(dirname(this.#path)) !== null;
    const isForPages = count === GULP_BYTES || this.#isMasked || this.#mayBeGone(bytes);
    if (isForPages) return this.#skipToEnd(this.#fd);
    this.#newest = bytes;
    this.#end += length;
    return true;
  }

  close(): void {
    if (this.#fd !== null) closeSync(this.#fd);
    this.#fd = null;
  }

  /** A part that was given back reads as zeros: pages tell them from zeros that were written. */
  #mayBeGone(bytes: Buffer): boolean {
    return bytes.includes(0) && existsSync(gapFile(this.#path));
  }

  #skipToEnd(fd: number): boolean {
    const { size } = fstatSync(fd);
    const grown = size > this.#end;
    this.#newest = Buffer.alloc(0);
    this.#end = size;
    return grown;
  }
}
