/** Fits a PNG into a number of bytes: as it is, or made smaller. */
import { setImmediate } from 'node:timers/promises';
import { AreaScaler, type Pixels } from './area-scaler.ts';
import type { PictureSize } from './picture-format.ts';
import { type ByteSource, DamagedPng, readPngHeader, type PngHeader } from './png-chunks.ts';
import { decodePng } from './png-decode.ts';
import { encodePng } from './png-encode.ts';

export interface PngLimits {
  bytes: number;
  /** Longest side of what is given as it is. */
  edge: number;
  signal: AbortSignal;
}

/** `problem` says in words after "It" why there is no picture. */
export type FittedPng =
  | { data: Buffer; size: PictureSize; original: PictureSize }
  | { problem: string };

/** What larger pictures are scaled to: models see no more of them anyway. */
const SCALED_EDGE = 1568;
const MOST_PIXELS = 40_000_000;
/** One row of this many pixels is the most that is held of the original. */
const LONGEST_EDGE = 32_768;
const ROWS_PER_SLICE = 64;

export async function fitPng(file: ByteSource, limits: PngLimits): Promise<FittedPng> {
  try {
    const header = readPngHeader(file);
    const { width, height, interlaced } = header;
    const original = { width, height };
    if (interlaced) return { problem: 'is interlaced' };
    if (width * height > MOST_PIXELS || Math.max(width, height) > LONGEST_EDGE) {
      return { problem: `is too large (${width}×${height} pixels)` };
    }
    if (file.bytes > limits.bytes || Math.max(width, height) > limits.edge) {
      return { ...(await shrink(file, header, limits)), original };
    }
    await decodePng(file, header, limits.signal); // what does not open must not be sent
    return { data: Buffer.from(file.read(0, file.bytes)), size: original, original };
  } catch (error) {
    return { problem: problemOf(error) };
  }
}

async function shrink(
  file: ByteSource,
  header: PngHeader,
  { bytes, signal }: PngLimits,
): Promise<{ data: Buffer; size: PictureSize }> {
  const edge = SCALED_EDGE / Math.max(header.width, header.height);
  const scaler = scalerBy(header, Math.min(1, edge, Math.sqrt(bytes / file.bytes)));
  await decodePng(file, header, signal, (row) => scaler.addRow(row));
  let pixels = scaler.result();
  let data = await encodePng(pixels, signal);
  while (data.length > bytes) {
    pixels = await rescale(pixels, Math.sqrt(bytes / data.length) * 0.9);
    data = await encodePng(pixels, signal);
  }
  return { data, size: { width: pixels.width, height: pixels.height } };
}

function scalerBy({ width, height }: PictureSize, factor: number): AreaScaler {
  // A side of 3000 at 1568/3000 is 1567.9999.
  const scaled = (length: number): number => Math.max(1, Math.floor(length * factor + 1e-6));
  return new AreaScaler({ width, height }, { width: scaled(width), height: scaled(height) });
}

async function rescale(pixels: Pixels, factor: number): Promise<Pixels> {
  const scaler = scalerBy(pixels, factor);
  const rowBytes = pixels.width * 4;
  for (let y = 0; y < pixels.height; y++) {
    scaler.addRow(pixels.rgba.subarray(y * rowBytes, (y + 1) * rowBytes));
    if (y % ROWS_PER_SLICE === 0) await setImmediate(); // others get their turn
  }
  return scaler.result();
}

function problemOf(error: unknown): string {
  if (error instanceof DamagedPng) return error.message;
  const { name, code = '' } = error as { name: string; code?: string };
  if (name === 'AbortError') return 'takes too long to be made small enough';
  if (/^(Z_|ERR_BUFFER)/.test(code)) return 'is damaged';
  throw error;
}
