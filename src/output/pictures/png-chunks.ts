/** The parts of a PNG file, each checked against its sum. */
import { crc32 } from 'node:zlib';

/** What a file gives of itself. */
export interface ByteSource {
  readonly bytes: number;
  /** Fewer than `length` bytes at the end of the file. */
  read(from: number, length: number): Uint8Array;
}

export interface PngHeader {
  width: number;
  height: number;
  /** Bits of one sample: 1, 2, 4, 8 or 16. */
  depth: number;
  colour: number;
  interlaced: boolean;
}

export const GREY = 0;
export const RGB = 2;
export const INDEXED = 3;
export const GREY_ALPHA = 4;
export const RGBA = 6;

/** Which depths each kind of colour may have. */
const DEPTHS: Record<number, number[]> = {
  [GREY]: [1, 2, 4, 8, 16],
  [RGB]: [8, 16],
  [INDEXED]: [1, 2, 4, 8],
  [GREY_ALPHA]: [8, 16],
  [RGBA]: [8, 16],
};

export class DamagedPng extends Error {}

const PIECE_BYTES = 64 * 1024;
const FIRST_CHUNK = 8;
/** A palette; what else is kept of a file is smaller. */
const LARGEST_KEPT = 768;

/** @throws DamagedPng */
export function readPngHeader(file: ByteSource): PngHeader {
  const bytes = Buffer.from(file.read(FIRST_CHUNK, 25));
  if (bytes.length < 25 || bytes.toString('latin1', 0, 8) !== '\0\0\0\x0dIHDR') {
    throw new DamagedPng('has no header');
  }
  const [depth = 0, colour = 0, , , interlace = 0] = bytes.subarray(16, 21);
  const header = {
    width: bytes.readUInt32BE(8),
    height: bytes.readUInt32BE(12),
    depth,
    colour,
    interlaced: interlace !== 0,
  };
  const isValid = header.width > 0 && header.height > 0 && DEPTHS[colour]?.includes(depth);
  if (!isValid) throw new DamagedPng('has a header that means nothing');
  return header;
}

/** The compressed pixels, in pieces. `keep` is given the palette (PLTE) and its alphas (tRNS). */
export function* pngData(
  file: ByteSource,
  keep: (type: string, content: Uint8Array) => void,
): Generator<Uint8Array> {
  for (let at = FIRST_CHUNK; ;) {
    const start = Buffer.from(file.read(at, 8));
    if (start.length < 8) throw new DamagedPng('is cut short');
    const length = start.readUInt32BE(0);
    const type = start.toString('latin1', 4, 8);
    if (type === 'IEND') return;
    yield* checkedContent(file, at + 4, length, type, keep);
    at += length + 12;
    yield new Uint8Array(0); // lets others in, however many small chunks there are
  }
}

/** The type counts in the sum, the length before it does not. */
function* checkedContent(
  file: ByteSource,
  from: number,
  length: number,
  type: string,
  keep: (type: string, content: Uint8Array) => void,
): Generator<Uint8Array> {
  const end = from + 4 + length;
  let sum = crc32(type);
  for (let at = from + 4; at < end;) {
    const piece = file.read(at, Math.min(PIECE_BYTES, end - at));
    if (piece.length === 0) throw new DamagedPng('is cut short');
    sum = crc32(piece, sum);
    at += piece.length;
    if (type === 'IDAT') yield piece;
    else if (type === 'PLTE' || type === 'tRNS') keep(type, piece.subarray(0, LARGEST_KEPT));
    else yield new Uint8Array(0);
  }
  const expected = Buffer.from(file.read(end, 4));
  if (expected.length < 4 || expected.readUInt32BE(0) !== sum) throw new DamagedPng('is damaged');
}
