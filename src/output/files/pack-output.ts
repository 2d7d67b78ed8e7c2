/** Brings the output of an ended job to rest: compressed beside the plain file, then in its place. */
import { constants } from 'node:fs';
import { type FileHandle, open, readdir, rename, stat, unlink } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { constants as zlib, zstdCompress } from 'node:zlib';
import { type Gap, gapFile, readGap } from './output-gap.ts';
import { encodeIndex, packedFile } from './packed-file.ts';

/** A page costs at least one frame: 64 KiB unpack in 0.1 ms. Larger ones save only 5 % of the space. */
const FRAME_BYTES = 64 * 1024;
/** Twice as fast as 9, and 5 % larger. */
const LEVEL = 6;
/** Left by a process that was killed; one at work writes all the time. */
const ABANDONED_AFTER_MS = 10 * 60_000;

const compress = promisify(zstdCompress);

/**
 * A crash at any moment leaves the plain file, or a complete packed one, or both, and readers prefer
 * the plain one. Several processes may do it at once: each writes a file of its own.
 * @returns false when the output changed meanwhile, so that it is not at rest yet.
 */
export async function packOutput(path: string, signal: AbortSignal): Promise<boolean> {
  await removeAbandoned(path);
  const plain = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW);
  const aside = `${packedFile(path)}.part-${process.pid}-${Date.now().toString(36)}`;
  try {
    const gap = readGap(path);
    const { size, nlink } = await plain.stat();
    if (nlink === 0) return true; // another process has packed it, and took the record of its gap away
    await writeAside(aside, plain, size, gap, signal);
    if ((await plain.stat()).size !== size) return false;
    await rename(aside, packedFile(path));
    await syncFolder(dirname(path));
    await unlink(path);
    await unlink(gapFile(path)).catch(ignoreMissing);
    return true;
  } finally {
    await plain.close();
    await unlink(aside).catch(ignoreMissing);
  }
}

async function writeAside(
  aside: string,
  plain: FileHandle,
  size: number,
  gap: Gap | null,
  signal: AbortSignal,
): Promise<void> {
  const packed = await open(aside, 'wx', 0o600);
  try {
    const frames = [0];
    for await (const bytes of inFrames(plain, size, gap)) {
      signal.throwIfAborted();
      const frame = await compress(bytes, { params: { [zlib.ZSTD_c_compressionLevel]: LEVEL } });
      await packed.appendFile(frame);
      frames.push((frames.at(-1) ?? 0) + frame.length);
    }
    await packed.appendFile(encodeIndex({ size, gap, frameBytes: FRAME_BYTES, frames }));
    await packed.sync();
  } finally {
    await packed.close();
  }
}

/** The output without its gap, in pieces of exactly one frame but the last. */
async function* inFrames(
  plain: FileHandle,
  size: number,
  gap: Gap | null,
): AsyncGenerator<Uint8Array> {
  const removed = gap ? gap.to - gap.from : 0;
  for (let at = 0; at < size - removed; at += FRAME_BYTES) {
    const length = Math.min(FRAME_BYTES, size - removed - at);
    const before = gap ? Math.max(0, Math.min(length, gap.from - at)) : length;
    const frame = Buffer.allocUnsafe(length);
    await fill(plain, frame.subarray(0, before), at);
    await fill(plain, frame.subarray(before), at + before + removed);
    yield frame;
  }
}

async function fill(file: FileHandle, buffer: Uint8Array, from: number): Promise<void> {
  for (let filled = 0; filled < buffer.length;) {
    const left = buffer.length - filled;
    const { bytesRead } = await file.read(buffer, filled, left, from + filled);
    if (bytesRead === 0) throw new Error('the output became shorter while it was packed');
    filled += bytesRead;
  }
}

/** Without it a power cut could bring back neither the old name nor the new one. */
async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, constants.O_RDONLY);
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

async function removeAbandoned(path: string): Promise<void> {
  const prefix = `${basename(packedFile(path))}.part-`;
  for (const name of await readdir(dirname(path))) {
    if (!name.startsWith(prefix)) continue;
    const part = join(dirname(path), name);
    const { mtimeMs } = await stat(part).catch(() => ({ mtimeMs: Date.now() }));
    if (Date.now() - mtimeMs > ABANDONED_AFTER_MS) await unlink(part).catch(ignoreMissing);
  }
}

function ignoreMissing(error: unknown): void {
  if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
}
