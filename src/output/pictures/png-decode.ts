/**
 * Reads the pixels of a PNG row by row. Nothing larger than a row and a block of the inflater is
 * held, and other work gets its turn between blocks: a file that grows a thousandfold costs time up
 * to the caller's limit, never memory.
 */
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createInflate } from 'node:zlib';
import { type ByteSource, DamagedPng, pngData, type PngHeader } from './png-chunks.ts';
import { GREY, GREY_ALPHA, INDEXED, RGB, RGBA } from './png-chunks.ts';

/** Pixels between two turns of the event loop: some milliseconds. */
const BLOCK_PIXELS = 128 * 1024;
const SAMPLES: Record<number, number> = { [GREY]: 1, [RGB]: 3, [INDEXED]: 1, [GREY_ALPHA]: 2 };

/**
 * Every row as RGBA, valid during the call only; without `onRow` the file is only checked.
 * @throws DamagedPng, an error of the inflater (`code` Z_…), or an AbortError
 */
export async function decodePng(
  file: ByteSource,
  header: PngHeader,
  signal: AbortSignal,
  onRow?: (rgba: Uint8Array) => void,
): Promise<void> {
  const palette = new Palette();
  const data = Readable.from(pngData(file, (type, content) => palette.keep(type, content)));
  const rows = new RowReader(header, (row) => onRow?.(toRgba(row, header, palette)));
  const inflate = createInflate({ chunkSize: Math.ceil((BLOCK_PIXELS * bitsOf(header)) / 8) });
  await pipeline(
    data,
    inflate,
    async (blocks: AsyncIterable<Uint8Array>) => {
      for await (const block of blocks) rows.add(block);
    },
    { signal },
  );
  if (!rows.complete) throw new DamagedPng('is cut short');
}

/** Of one pixel. */
function bitsOf({ colour, depth }: PngHeader): number {
  return (SAMPLES[colour] ?? 4) * depth;
}

/** Cuts the inflated bytes into rows and undoes their filters. */
class RowReader {
  readonly #header: PngHeader;
  readonly #onRow: (row: Uint8Array) => void;
  readonly #pixelBytes: number;
  /** The filter's number, then the row. */
  #row: Uint8Array;
  #previous: Uint8Array;
  #filled = 0;
  #rows = 0;

  constructor(header: PngHeader, onRow: (row: Uint8Array) => void) {
    const bits = bitsOf(header);
    const length = 1 + Math.ceil((header.width * bits) / 8);
    this.#header = header;
    this.#onRow = onRow;
    this.#pixelBytes = Math.max(1, bits / 8);
    this.#row = new Uint8Array(length);
    this.#previous = new Uint8Array(length);
  }

  get complete(): boolean {
    return this.#rows === this.#header.height;
  }

  add(block: Uint8Array): void {
    for (let at = 0; at < block.length;) {
      if (this.complete) throw new DamagedPng('has more pixels than it says');
      const part = block.subarray(at, at + this.#row.length - this.#filled);
      this.#row.set(part, this.#filled);
      this.#filled += part.length;
      at += part.length;
      if (this.#filled === this.#row.length) this.#finishRow();
    }
  }

  #finishRow(): void {
    unfilter(this.#row, this.#previous, this.#pixelBytes);
    this.#onRow(this.#row.subarray(1));
    [this.#row, this.#previous] = [this.#previous, this.#row];
    this.#filled = 0;
    this.#rows += 1;
  }
}

/** Numbers of the format: what was subtracted from each byte is its left, upper … neighbour. */
function unfilter(row: Uint8Array, above: Uint8Array, pixelBytes: number): void {
  const [filter = 0] = row;
  const first = 1 + pixelBytes;
  switch (filter) {
    case 0:
      return;
    case 1:
      for (let i = first; i < row.length; i++) row[i]! += row[i - pixelBytes]!;
      return;
    case 2:
      for (let i = 1; i < row.length; i++) row[i]! += above[i]!;
      return;
    case 3:
      for (let i = 1; i < row.length; i++) {
        row[i]! += ((i < first ? 0 : row[i - pixelBytes]!) + above[i]!) >> 1;
      }
      return;
    case 4:
      for (let i = 1; i < Math.min(first, row.length); i++) row[i]! += above[i]!;
      for (let i = first; i < row.length; i++) {
        row[i]! += nearest(row[i - pixelBytes]!, above[i]!, above[i - pixelBytes]!);
      }
      return;
    default:
      throw new DamagedPng('is damaged');
  }
}

/** Of the left, the upper and the upper left neighbour the one nearest to left + up − upper left. */
export function nearest(left: number, up: number, upperLeft: number): number {
  const toLeft = Math.abs(up - upperLeft);
  const toUp = Math.abs(left - upperLeft);
  const toUpperLeft = Math.abs(left + up - 2 * upperLeft);
  if (toLeft <= toUp && toLeft <= toUpperLeft) return left;
  return toUp <= toUpperLeft ? up : upperLeft;
}

class Palette {
  readonly colours = new Uint8Array(256 * 4).fill(255);
  #isOpaque = true;

  keep(type: string, content: Uint8Array): void {
    if (type === 'PLTE') {
      content.forEach((value, i) => (this.colours[Math.floor(i / 3) * 4 + (i % 3)] = value));
    } else if (this.#isOpaque) {
      this.#isOpaque = false;
      content.subarray(0, 256).forEach((alpha, i) => (this.colours[i * 4 + 3] = alpha));
    }
  }
}

function toRgba(row: Uint8Array, header: PngHeader, palette: Palette): Uint8Array {
  const samples = toBytes(row, header);
  if (header.colour === RGBA) return samples;
  const rgba = new Uint8Array(header.width * 4);
  if (header.colour === RGB) spreadRgb(samples, rgba);
  else if (header.colour === INDEXED) spreadIndexes(samples, rgba, palette.colours);
  else spreadGrey(samples, rgba, header.colour === GREY_ALPHA);
  return rgba;
}

function spreadRgb(samples: Uint8Array, rgba: Uint8Array): void {
  for (let at = 0, from = 0; at < rgba.length; at += 4, from += 3) {
    rgba[at] = samples[from]!;
    rgba[at + 1] = samples[from + 1]!;
    rgba[at + 2] = samples[from + 2]!;
    rgba[at + 3] = 255;
  }
}

function spreadIndexes(samples: Uint8Array, rgba: Uint8Array, colours: Uint8Array): void {
  for (let at = 0; at < rgba.length; at += 4) {
    const from = samples[at >> 2]! << 2;
    rgba[at] = colours[from]!;
    rgba[at + 1] = colours[from + 1]!;
    rgba[at + 2] = colours[from + 2]!;
    rgba[at + 3] = colours[from + 3]!;
  }
}

function spreadGrey(samples: Uint8Array, rgba: Uint8Array, hasAlpha: boolean): void {
  const step = hasAlpha ? 2 : 1;
  for (let at = 0, from = 0; at < rgba.length; at += 4, from += step) {
    const grey = samples[from]!;
    rgba[at] = grey;
    rgba[at + 1] = grey;
    rgba[at + 2] = grey;
    rgba[at + 3] = hasAlpha ? samples[from + 1]! : 255;
  }
}

/** One byte for each sample: the upper half of long ones; short ones spread out, but for indexes. */
function toBytes(row: Uint8Array, { width, depth, colour }: PngHeader): Uint8Array {
  if (depth === 8) return row;
  const samples = new Uint8Array(depth === 16 ? row.length / 2 : width);
  if (depth === 16) {
    for (let i = 0; i < samples.length; i++) samples[i] = row[i * 2]!;
    return samples;
  }
  const most = (1 << depth) - 1;
  const factor = colour === INDEXED ? 1 : 255 / most;
  for (let x = 0; x < width; x++) {
    const bit = x * depth;
    samples[x] = ((row[bit >> 3]! >> (8 - depth - (bit & 7))) & most) * factor;
  }
  return samples;
}
