/** What a folder takes of the disk, however many files a job made in it: entry by entry, in turns. */
import { type Dirent, lstatSync, opendirSync } from 'node:fs';
import { join } from 'node:path';
import { Turns } from '../core/turns.ts';

/** So many entries tell enough: more are not walked, and count nothing. */
const MOST_ENTRIES = 200_000;

/** Bytes; never follows links. */
export async function sizeOfFolder(path: string, mostEntries = MOST_ENTRIES): Promise<number> {
  const turns = new Turns();
  const waiting = [path];
  let [bytes, entries] = [0, 0];
  for (let folder = waiting.pop(); folder !== undefined; folder = waiting.pop()) {
    for (const entry of entriesOf(folder)) {
      if ((entries += 1) > mostEntries) return bytes;
      if (entry.isDirectory()) waiting.push(join(folder, entry.name));
      else if (entry.isFile()) bytes += bytesOf(join(folder, entry.name));
      await turns.pause();
    }
  }
  return bytes;
}

/** One after the other: a folder with a million files does not become a list of a million names. */
function* entriesOf(path: string): Generator<Dirent> {
  let folder;
  try {
    folder = opendirSync(path);
  } catch {
    return; // removed meanwhile, or not ours to read
  }
  try {
    for (let entry = folder.readSync(); entry; entry = folder.readSync()) yield entry;
  } finally {
    folder.closeSync();
  }
}

function bytesOf(path: string): number {
  return (lstatSync(path, { throwIfNoEntry: false })?.blocks ?? 0) * 512;
}
