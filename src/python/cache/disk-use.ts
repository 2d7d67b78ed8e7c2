/** What folders take of the disk when some of their files are links that others hold as well. */
import { lstat, readdir } from 'node:fs/promises';
import { join } from 'node:path';

export interface DiskUse {
  /** Bytes that nobody else holds. */
  own: number;
  /** Files with several links, by inode. */
  linked: Map<number, LinkedFile>;
}

interface LinkedFile {
  bytes: number;
  /** Links within the folder, and all there are. */
  held: number;
  links: number;
}

/** Space on disk; what vanishes meanwhile counts nothing. */
export async function diskUse(path: string): Promise<DiskUse> {
  const use: DiskUse = { own: 0, linked: new Map() };
  await addTo(use, path);
  return use;
}

async function addTo(use: DiskUse, path: string): Promise<void> {
  const stats = await lstat(path).catch(() => null);
  if (!stats) return;
  const bytes = stats.blocks * 512;
  if (stats.isFile() && stats.nlink > 1) {
    const held = (use.linked.get(stats.ino)?.held ?? 0) + 1;
    use.linked.set(stats.ino, { bytes, held, links: stats.nlink });
    return;
  }
  use.own += bytes;
  if (!stats.isDirectory()) return;
  const names = await readdir(path).catch(() => []);
  for (const name of names) await addTo(use, join(path, name));
}

/** Its own bytes and its part of the shared ones, so that the sizes of all add up to what is used. */
export function sizeOf({ own, linked }: DiskUse): number {
  let bytes = own;
  // One link is the one by which the file is kept for the next environment.
  for (const file of linked.values()) bytes += (file.bytes * file.held) / (file.links - 1);
  return Math.round(bytes);
}

/** Tells what each removal frees: a shared file only with the last that holds it. */
export function freedByRemoving(): (use: DiskUse) => number {
  const left = new Map<number, number>();
  return ({ own, linked }) => {
    let bytes = own;
    for (const [inode, { bytes: size, held, links }] of linked) {
      const others = (left.get(inode) ?? links) - held;
      left.set(inode, others);
      if (others <= 1) bytes += size;
    }
    return bytes;
  };
}
