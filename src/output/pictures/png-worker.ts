/**
 * The worker of `fit-png`: opens one PNG and makes it smaller where it must. In a thread of its own,
 * since the library works on a whole file at once, and on files that somebody else made.
 */
import { parentPort, workerData } from 'node:worker_threads';
import { PNG } from 'pngjs';
import type { PictureSize } from './picture-format.ts';
import { type Pixels, scale } from './scale.ts';

export interface PngTask {
  file: Uint8Array;
  /** What its first header says: the limits have seen no other. */
  size: PictureSize;
  /** The most that the result may have. */
  bytes: number;
  /** Longest side that is left as it is. */
  edge: number;
}

/** `data` is null when the file can be given as it is. */
export interface PngReply {
  data: Uint8Array | null;
  size: PictureSize;
}

/** What larger pictures are scaled to: models see no more of them anyway. */
const SCALED_EDGE = 1568;
/** The defaults of the library make files twice as large. */
const DENSE = { deflateStrategy: 0, deflateLevel: 6 };
/** How much smaller than computed: a small picture is harder to compress. */
const MARGIN = 0.9;

/** @throws when the file is damaged. */
async function fit(task: PngTask): Promise<PngReply> {
  const { file, bytes, edge } = task;
  const picture = await decode(task);
  const { width, height } = picture;
  const longest = Math.max(width, height);
  if (file.length <= bytes && longest <= edge) return { data: null, size: { width, height } };
  let pixels = smaller(picture, Math.min(1, SCALED_EDGE / longest, Math.sqrt(bytes / file.length)));
  let data = encode(pixels);
  while (data.length > bytes) {
    pixels = smaller(pixels, Math.sqrt(bytes / data.length) * MARGIN);
    data = encode(pixels);
  }
  return { data, size: { width: pixels.width, height: pixels.height } };
}

/** Not `PNG.sync.read`: that takes files in which rows are missing. */
function decode({ file, size }: PngTask): Promise<PNG> {
  return new Promise((resolve, reject) => {
    const picture = new PNG();
    picture.on('metadata', ({ width, height }) => {
      if (width !== size.width || height !== size.height) throw new Error('A second header.');
    });
    picture.parse(Buffer.from(file), (error) => (error ? reject(error) : resolve(picture)));
  });
}

function smaller(pixels: Pixels, factor: number): Pixels {
  // A side of 3000 at 1568/3000 is 1567.9999.
  const scaled = (length: number): number => Math.max(1, Math.floor(length * factor + 1e-6));
  const size = { width: scaled(pixels.width), height: scaled(pixels.height) };
  return { ...size, data: scale(pixels, size) };
}

function encode({ width, height, data }: Pixels): Buffer {
  const picture = new PNG({ width, height });
  picture.data = Buffer.from(data);
  const isOpaque = data.every((value, at) => at % 4 !== 3 || value === 255);
  return PNG.sync.write(picture, { ...DENSE, colorType: isOpaque ? 2 : 6 });
}

// oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread, not a window
void fit(workerData as PngTask).then((reply) => parentPort?.postMessage(reply));
