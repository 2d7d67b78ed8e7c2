/** Which pictures of a job go into a reply, and in what size. */
import type { ArtifactEntry } from '../../contract/replies/run-result.ts';
import { fitPng } from '../../output/pictures/fit-png.ts';
import {
  pictureSizeOf,
  pictureTypeOf,
  SIGNATURE_BYTES,
} from '../../output/pictures/picture-format.ts';
import type { PictureSize } from '../../output/pictures/picture-format.ts';
import type { OpenArtifact } from './artifacts.ts';
import { firstAndLast } from './artifact-summary.ts';

export interface Picture {
  type: string;
  data: Buffer;
  size: PictureSize;
  /** Differs from `size` when it was made smaller. */
  original: PictureSize;
}

/** A picture, or in words after "It" why it is not shown. */
export type PictureOrProblem = Picture | { problem: string };

const MOST_PICTURES = 4;
/** Base64 makes a third more of it: 200 KB for one, 600 KB for all. */
const MOST_BYTES = 150_000;
const MOST_BYTES_OF_ALL = 450_000;
/** Models refuse what is larger when there are many pictures. */
const LONGEST_EDGE = 2_000;
/** Plots are made on busy machines: what takes 0.3 s there when it is quiet has to come through. */
const MOST_TIME_MS = 5_000;
/** Who asks for one by its name waits for it. */
const MOST_TIME_FOR_ONE_MS = 30_000;

/** By name, in the order they were made: the first and the last ones when there are many. */
export async function loadPictures(
  artifacts: readonly ArtifactEntry[],
  open: (name: string) => OpenArtifact | null,
): Promise<Map<string, PictureOrProblem>> {
  const pictures = artifacts.filter(({ type }) => type.startsWith('image/'));
  const chosen = firstAndLast(pictures, MOST_PICTURES);
  const loaded = new Map<string, PictureOrProblem>();
  const signal = AbortSignal.timeout(MOST_TIME_MS);
  let left = MOST_BYTES_OF_ALL;
  for (const [index, { name }] of chosen.entries()) {
    const share = Math.min(MOST_BYTES, Math.floor(left / (chosen.length - index)));
    const file = open(name);
    if (!file) continue;
    try {
      const picture = await loadPicture(file, share, signal);
      if ('data' in picture) left -= picture.data.length;
      loaded.set(name, picture);
    } finally {
      file.close();
    }
  }
  return loaded;
}

/** One that was asked for by its name. */
export function loadOnePicture(file: OpenArtifact): Promise<PictureOrProblem> {
  return loadPicture(file, MOST_BYTES, AbortSignal.timeout(MOST_TIME_FOR_ONE_MS));
}

async function loadPicture(
  file: OpenArtifact,
  bytes: number,
  signal: AbortSignal,
): Promise<PictureOrProblem> {
  const type = pictureTypeOf(file.read(0, SIGNATURE_BYTES));
  if (type === null) return { problem: 'is not a picture any more' };
  if (type === 'image/png') {
    const fitted = await fitPng(file, { bytes, edge: LONGEST_EDGE, signal });
    return 'problem' in fitted ? fitted : { type, ...fitted };
  }
  if (file.bytes > bytes) return { problem: `is too large (${file.bytes} bytes)` };
  const data = Buffer.from(file.read(0, file.bytes));
  const size = pictureSizeOf(type, data);
  if (!size) return { problem: 'is cut short or damaged' };
  if (Math.max(size.width, size.height) > LONGEST_EDGE) {
    return { problem: `is too large (${size.width}×${size.height} pixels)` };
  }
  return { type, data, size, original: size };
}
