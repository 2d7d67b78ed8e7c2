/**
 * Files that several environments hold, kept once: hard links to `<home>/packages/<hash>`, which is
 * filled from finished builds and linked nowhere else: docs/decisions/0059-shared-files.md.
 */
import { createHash } from 'node:crypto';
import { createReadStream, lstatSync, type Stats } from 'node:fs';
import { chmod, link, lstat, mkdir, readdir, rename, rm, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';

/** A file of an environment that others may hold too. */
export interface SharedFile {
  /** Below the environment's folder. */
  path: string;
  size: number;
}

/** Smaller ones hold few bytes and are many: sharing them would only cost looks. */
const SMALLEST = 4096;
/** The time of every file that is shared: one that was written to has another. */
const SEALED_AT = 1_000_000_000;

function storeFolder(home: string): string {
  return join(home, 'packages');
}

/** Exchanges the larger files of a finished build for links; where there are no links it stays whole. */
export async function shareFiles(home: string, environment: string): Promise<SharedFile[]> {
  await mkdir(storeFolder(home), { recursive: true, mode: 0o700 });
  const shared: SharedFile[] = [];
  try {
    for await (const path of filesBelow(environment)) {
      const stats = await lstat(join(environment, path));
      if (stats.size < SMALLEST || stats.nlink > 1) continue;
      await shareFile(home, join(environment, path), stats);
      shared.push({ path, size: stats.size });
    }
  } catch (error) {
    if (!CANNOT_LINK.has((error as NodeJS.ErrnoException).code ?? '')) throw error;
  }
  return shared;
}

/** Another file system, one without hard links, too many links of one file. */
const CANNOT_LINK = new Set(['EXDEV', 'EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK']);

async function* filesBelow(root: string, folder = ''): AsyncGenerator<string> {
  for (const entry of await readdir(join(root, folder), { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) yield* filesBelow(root, path);
    else if (entry.isFile()) yield path;
  }
}

async function shareFile(home: string, file: string, { mode, size }: Stats): Promise<void> {
  const kind = mode & 0o111 ? 'x' : 'r';
  const kept = join(storeFolder(home), `${await hashOf(file)}${kind}`);
  if ((await isWhole(kept, size)) && (await replacedByLink(file, kept))) return;
  await rm(kept, { force: true });
  await chmod(file, kind === 'x' ? 0o555 : 0o444);
  await utimes(file, SEALED_AT, SEALED_AT);
  await link(file, kept).catch(unless('EEXIST')); // put there by another build: then there are two
}

/** False when it has been swept away just now. */
async function replacedByLink(file: string, kept: string): Promise<boolean> {
  const aside = `${file}.shared`;
  if ((await link(kept, aside).catch(unless('ENOENT'))) === null) return false;
  await rename(aside, file);
  return true;
}

function unless(code: string): (error: NodeJS.ErrnoException) => null {
  return (error) => {
    if (error.code !== code) throw error;
    return null;
  };
}

async function hashOf(file: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(file, { highWaterMark: 1024 ** 2 }), hash);
  return hash.digest('hex');
}

async function isWhole(file: string, size: number): Promise<boolean> {
  const stats = await lstat(file).catch(() => null);
  return stats !== null && isUntouched(stats, size);
}

function isUntouched(stats: Stats, size: number): boolean {
  return stats.size === size && stats.mtimeMs === SEALED_AT * 1000;
}

/**
 * Whether nobody wrote into a file that the environment shares. The files are read-only, which binds
 * everybody but root: for other users there is nothing to look at.
 */
export function areUntouched(environment: string, shared: readonly SharedFile[] = []): boolean {
  if (process.getuid?.() !== 0) return true;
  return shared.every(({ path, size }) => {
    const stats = lstatSync(join(environment, path), { throwIfNoEntry: false });
    return stats !== undefined && isUntouched(stats, size);
  });
}

/** Removes what no environment holds any more. */
export async function sweepSharedFiles(home: string): Promise<void> {
  const folder = storeFolder(home);
  for (const name of await readdir(folder).catch(() => [])) {
    const path = join(folder, name);
    const stats = await lstat(path).catch(() => null);
    if (stats?.nlink === 1) await rm(path, { force: true });
  }
}
