/**
 * Output at rest: `stdout.log.zst`, readable at any offset at the same small cost.
 *
 * The file is a sequence of independent zstd frames, each of `frameBytes` of output (the last one of
 * the rest), and then one skippable frame, which other tools pass over: `zstd -d` gives the output.
 * All numbers are little-endian.
 *
 *   u32 0x184D2A50, u32 length of what follows
 *   u64 offset of each frame in this file, and of the end of the last
 *   u64 size of the output, u64 + u64 its gap (equal: none), u32 frameBytes, u32 number of frames
 *   8 bytes "pymcplog"
 *
 * Bytes of a gap are in no frame: what follows it moves up. Offsets in replies do not change.
 */
import { closeSync } from 'node:fs';
import { zstdDecompressSync } from 'node:zlib';
import { JobError } from '../../core/job-error.ts';
import { readFully } from '../../os/read-fully.ts';
import { openSafely } from '../../os/safe-open.ts';
import type { Gap } from './output-gap.ts';
import type { OutputSource } from './output-source.ts';

export interface PackedIndex {
  /** Size of the output, gap included. */
  size: number;
  gap: Gap | null;
  frameBytes: number;
  /** Offsets of the frames, then of their end. */
  frames: readonly number[];
}

type Footer = Omit<PackedIndex, 'frames'> & { frameCount: number; indexAt: number };

const SKIPPABLE_MAGIC = 0x184d2a50;
const FOOTER_MAGIC = 'pymcplog';
const FOOTER_BYTES = 40;

export function packedFile(path: string): string {
  return `${path}.zst`;
}

/** The packed form of the output file `path`; null when there is none. */
export function openPacked(path: string): OutputSource | null {
  const file = openSafely(packedFile(path));
  if (file === null) return null;
  const { fd, stats } = file;
  try {
    const footer = readFooter(fd, stats.size, packedFile(path));
    return {
      size: footer.size,
      gap: () => footer.gap,
      read: (from, length) => readPacked(fd, footer, from, length),
      settled: () => footer.size,
      close: () => closeSync(fd),
    };
  } catch (error) {
    closeSync(fd);
    throw error;
  }
}

/** The end of a packed file. */
export function encodeIndex({ size, gap, frameBytes, frames }: PackedIndex): Buffer {
  const buffer = Buffer.alloc(8 + frames.length * 8 + FOOTER_BYTES);
  buffer.writeUInt32LE(SKIPPABLE_MAGIC, 0);
  buffer.writeUInt32LE(buffer.length - 8, 4);
  const numbers = [...frames, size, gap?.from ?? 0, gap?.to ?? 0];
  numbers.forEach((number, place) => buffer.writeBigUInt64LE(BigInt(number), 8 + place * 8));
  const rest = 8 + numbers.length * 8;
  buffer.writeUInt32LE(frameBytes, rest);
  buffer.writeUInt32LE(frames.length - 1, rest + 4);
  buffer.write(FOOTER_MAGIC, rest + 8, 'latin1');
  return buffer;
}

function readFooter(fd: number, fileSize: number, path: string): Footer {
  const bytes = readFully(fd, Math.max(0, fileSize - FOOTER_BYTES), FOOTER_BYTES);
  if (bytes.length < FOOTER_BYTES || bytes.toString('latin1', 32) !== FOOTER_MAGIC) {
    throw new JobError('storage', `${path} is damaged: it has no index. Prune the job.`);
  }
  const [size, from, to] = [0, 8, 16].map((at) => Number(bytes.readBigUInt64LE(at)));
  const frameCount = bytes.readUInt32LE(28);
  return {
    size: Number(size),
    gap: from === to ? null : { from: Number(from), to: Number(to) },
    frameBytes: bytes.readUInt32LE(24),
    frameCount,
    indexAt: fileSize - FOOTER_BYTES - (frameCount + 1) * 8,
  };
}

function readPacked(fd: number, footer: Footer, from: number, length: number): Uint8Array {
  const { gap, frameBytes, frameCount, indexAt } = footer;
  const removed = gap ? gap.to - gap.from : 0;
  const start = gap && from >= gap.to ? from - removed : from;
  const end = Math.min(start + length, footer.size - removed);
  if (end <= start) return Buffer.alloc(0);
  const first = Math.floor(start / frameBytes);
  const last = Math.min(Math.floor((end - 1) / frameBytes), frameCount - 1);
  const offsets = readOffsets(fd, indexAt + first * 8, last - first + 2);
  const output = Buffer.concat(readFrames(fd, offsets, frameBytes));
  return output.subarray(start - first * frameBytes, end - first * frameBytes);
}

function readOffsets(fd: number, at: number, count: number): number[] {
  const bytes = readFully(fd, at, count * 8);
  return Array.from({ length: count }, (_, place) => Number(bytes.readBigUInt64LE(place * 8)));
}

function readFrames(fd: number, offsets: number[], frameBytes: number): Buffer[] {
  const [base = 0] = offsets;
  const packed = readFully(fd, base, (offsets.at(-1) ?? base) - base);
  return offsets.slice(0, -1).map((offset, place) => {
    const frame = packed.subarray(offset - base, (offsets[place + 1] ?? base) - base);
    return zstdDecompressSync(frame, { chunkSize: frameBytes });
  });
}
