/** Writes pixels as a PNG, in slices between which other work gets its turn. */
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { crc32, createDeflate } from 'node:zlib';
import type { Pixels } from './area-scaler.ts';
import { RGB, RGBA } from './png-chunks.ts';
import { nearest } from './png-decode.ts';

const SLICE_BYTES = 64 * 1024;

export async function encodePng(pixels: Pixels, signal: AbortSignal): Promise<Buffer> {
  const { width, height, rgba } = pixels;
  const channels = isOpaque(rgba) ? 3 : 4;
  const parts: Buffer[] = [];
  await pipeline(
    Readable.from(filteredRows(pixels, channels)),
    createDeflate(),
    async (blocks: AsyncIterable<Buffer>) => {
      for await (const block of blocks) parts.push(block);
    },
    { signal },
  );
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, channels === 3 ? RGB : RGBA], 8);
  return Buffer.concat([
    Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'),
    chunk('IHDR', header),
    chunk('IDAT', Buffer.concat(parts)),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

function isOpaque(rgba: Uint8Array): boolean {
  for (let i = 3; i < rgba.length; i += 4) if (rgba[i] !== 255) return false;
  return true;
}

function chunk(type: string, content: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), content]);
  const frame = Buffer.alloc(body.length + 8);
  frame.writeUInt32BE(content.length, 0);
  frame.set(body, 4);
  frame.writeUInt32BE(crc32(body), body.length + 4);
  return frame;
}

/** Each row as its difference to its neighbours, by the filter that leaves the smallest numbers. */
function* filteredRows({ width, height, rgba }: Pixels, channels: 3 | 4): Generator<Buffer> {
  const length = width * channels;
  let row = new Uint8Array(length);
  let above = new Uint8Array(length);
  let slice: Buffer[] = [];
  for (let y = 0; y < height; y++) {
    pack(rgba.subarray(y * width * 4, (y + 1) * width * 4), row, channels);
    slice.push(smallest(row, above, channels));
    [row, above] = [above, row];
    if (slice.length * length < SLICE_BYTES && y < height - 1) continue;
    yield Buffer.concat(slice);
    slice = [];
  }
}

function pack(rgba: Uint8Array, row: Uint8Array, channels: 3 | 4): void {
  if (channels === 4) return row.set(rgba);
  for (let from = 0, at = 0; from < rgba.length; from += 4, at += 3) {
    row[at] = rgba[from]!;
    row[at + 1] = rgba[from + 1]!;
    row[at + 2] = rgba[from + 2]!;
  }
}

function smallest(row: Uint8Array, above: Uint8Array, channels: number): Buffer {
  const sub = filteredRow(1, row.length);
  const up = filteredRow(2, row.length);
  const paeth = filteredRow(4, row.length);
  const sums = [0, 0, 0];
  for (let i = 0; i < row.length; i++) {
    const value = row[i]!;
    const left = i < channels ? 0 : row[i - channels]!;
    const upper = above[i]!;
    const guess = nearest(left, upper, i < channels ? 0 : above[i - channels]!);
    sums[0]! += fromZero((sub[i + 1] = value - left));
    sums[1]! += fromZero((up[i + 1] = value - upper));
    sums[2]! += fromZero((paeth[i + 1] = value - guess));
  }
  const least = Math.min(...sums);
  return [sub, up, paeth][sums.indexOf(least)]!;
}

/** Begins with the number of its filter. */
function filteredRow(filter: number, length: number): Buffer {
  const filtered = Buffer.allocUnsafe(length + 1);
  filtered[0] = filter;
  return filtered;
}

/** Differences are stored modulo 256: 255 is as near to zero as 1. */
function fromZero(difference: number): number {
  const byte = difference & 255;
  return byte < 128 ? byte : 256 - byte;
}
