/** Fits a PNG into a number of bytes: as it is, or made smaller by a worker. */
import { once } from 'node:events';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { PNG_HEADER_BYTES, type PngHeader, pngHeaderOf } from './picture-format.ts';
import type { PictureSize } from './picture-format.ts';
import type { PngReply, PngTask } from './png-worker.ts';

/** What a file gives of itself. */
export interface ByteSource {
  readonly bytes: number;
  /** Fewer than `length` bytes at the end of the file. */
  read(from: number, length: number): Uint8Array;
}

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

/** Opening a picture takes some 13 bytes a pixel: docs/decisions/0050 has the measurement. */
const MOST_PIXELS = 20_000_000;
const LONGEST_EDGE = 32_768;
const MOST_FILE_BYTES = 32 * 1024 * 1024;
/** Pixels are not on this heap. */
const WORKER_HEAP_MB = 128;

const DAMAGED = 'is cut short or damaged';

/** Put in by the build, which makes a file of its own of the worker. */
declare const RUNTIME_ID: string | undefined;

/** One picture is open at a time in this process, whoever asks. */
let turn: Promise<unknown> = Promise.resolve();

export function fitPng(file: ByteSource, limits: PngLimits): Promise<FittedPng> {
  const fitted = turn.then(() => fitNow(file, limits));
  turn = fitted.catch(() => {});
  return fitted;
}

async function fitNow(file: ByteSource, limits: PngLimits): Promise<FittedPng> {
  const header = pngHeaderOf(Buffer.from(file.read(0, PNG_HEADER_BYTES)));
  const problem = problemOf(header, file.bytes);
  if (!header || problem !== null) return { problem: problem ?? DAMAGED };
  const { bytes, edge, signal } = limits;
  const whole = Buffer.from(file.read(0, file.bytes));
  try {
    const original = { width: header.width, height: header.height };
    const task = { file: whole, size: original, bytes, edge };
    const { data, size } = await askWorker(task, signal);
    return { data: data === null ? whole : Buffer.from(data), size, original };
  } catch {
    return { problem: signal.aborted ? 'takes too long to be made small enough' : DAMAGED };
  }
}

function problemOf(header: PngHeader | null, bytes: number): string | null {
  if (!header) return DAMAGED;
  const { width, height, depth, isInterlaced } = header;
  if (isInterlaced) return 'is interlaced';
  const isLarge = width * height * Math.max(1, depth / 8) > MOST_PIXELS;
  if (isLarge || Math.max(width, height) > LONGEST_EDGE) {
    return `is too large (${width}×${height} pixels)`;
  }
  return bytes > MOST_FILE_BYTES ? `is too large (${bytes} bytes)` : null;
}

/** Rejects when the picture breaks the worker, or time is up. */
async function askWorker(task: PngTask, signal: AbortSignal): Promise<PngReply> {
  signal.throwIfAborted();
  const worker = new Worker(workerFile(), {
    workerData: task,
    resourceLimits: { maxOldGenerationSizeMb: WORKER_HEAP_MB },
    stdout: true, // not into the protocol
    stderr: true,
  });
  worker.on('error', () => {}); // also when the reply has come
  try {
    const reply = once(worker, 'message', { signal }) as Promise<[PngReply]>;
    // Of some damaged files the library never says anything: its thread runs out of work.
    const gone = once(worker, 'exit', { signal }).then(() => Promise.reject(new Error(DAMAGED)));
    gone.catch(() => {}); // it ends in any case
    return (await Promise.race([reply, gone]))[0];
  } finally {
    await worker.terminate();
  }
}

function workerFile(): string {
  const isBundled = typeof RUNTIME_ID !== 'undefined';
  return join(import.meta.dirname, isBundled ? 'png-worker.cjs' : 'png-worker.ts');
}
