/**
 * The growing end of one stream, read as it grows through a descriptor that stays open: what was
 * just written is there for all followers after a single read.
 */
import { closeSync, existsSync, fstatSync, readSync } from 'node:fs';
import { completeLength } from '../output/code-points.ts';
import { gapFile, openIfThere } from '../output/output-gap.ts';
import { sizeOf } from '../output/output-file.ts';
import type { SharedPages } from './shared-pages.ts';

/** More than this at once is a flood: followers read it page by page. */
const GULP_BYTES = 16 * 1024;
/** Filled and copied from within one turn. */
const gulp = new Uint8Array(GULP_BYTES);

export class LiveTail {
  readonly #path: string;
  readonly #pages: SharedPages;
  #fd: number | null = null;
  #end: number;

  constructor(path: string, pages: SharedPages) {
    this.#path = path;
    this.#pages = pages;
    this.#end = sizeOf(path);
  }

  /** Nothing is there behind this offset, as of the last call of `hasGrown`. */
  get end(): number {
    return this.#end;
  }

  /** Looks whether something was added since the last call, and hands it to the shared pages. */
  hasGrown(): boolean {
    this.#fd ??= openFile(this.#path);
    if (this.#fd === null) return false;
    const count = readSync(this.#fd, gulp, 0, GULP_BYTES, this.#end);
    if (count === 0) return false;
    if (count === GULP_BYTES) return this.#skipToEnd(this.#fd);
    const length = completeLength(gulp, count);
    if (length === 0) return false;
    const bytes = gulp.slice(0, length);
    // A part that was given back reads as zeros: pages tell them from zeros that were written.
    if (bytes.includes(0) && existsSync(gapFile(this.#path))) return this.#skipToEnd(this.#fd);
    const from = this.#end;
    this.#end = from + length;
    this.#pages.keep(this.#path, { bytes, from, next: this.#end, size: from + count });
    return true;
  }

  close(): void {
    if (this.#fd !== null) closeSync(this.#fd);
    this.#fd = null;
  }

  #skipToEnd(fd: number): boolean {
    const { size } = fstatSync(fd);
    const grown = size > this.#end;
    this.#end = size;
    return grown;
  }
}

/** Null while there is none; what is no plain file has no end that grows. */
function openFile(path: string): number | null {
  const fd = openIfThere(path);
  if (fd === null || fstatSync(fd).isFile()) return fd;
  closeSync(fd);
  return null;
}
