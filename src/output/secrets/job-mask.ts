/** The mask of one job, from what is kept in its folder. Most jobs have none, which takes one look. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { Newest } from '../../core/newest.ts';
import { writeAtomic } from '../../os/atomic-file.ts';
import { readInside } from '../../os/safe-open.ts';
import { fingerprintsOf, parseFingerprints } from './fingerprints.ts';
import { Mask } from './mask.ts';

const FILE = 'fingerprints.json';
const LARGEST = 4 * 1024 * 1024;
/** By folder. What a folder has does not change once its script has started. */
const known = new Newest<string, Mask>(16);

/** To be kept before anything can print the values. Those of an earlier launch are of the same values. */
export function keepFingerprints(folder: string, pieces: readonly Buffer[]): void {
  const path = join(folder, FILE);
  if (pieces.length === 0 || existsSync(path)) return;
  writeAtomic(path, JSON.stringify(fingerprintsOf(pieces)));
}

/** Null when nothing of this job is to be covered. @throws when what is to be cannot be told */
export function maskOf(folder: string): Mask | null {
  const before = known.get(folder);
  if (before || !existsSync(join(folder, FILE))) return before ?? null;
  const text = readInside(folder, FILE, LARGEST);
  if (text === null) return null;
  const mask = new Mask(parseFingerprints(text));
  known.set(folder, mask);
  return mask;
}
