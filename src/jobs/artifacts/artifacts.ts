/** Files that a script left for its readers. They are opened as what they may be: traps. */
import { closeSync, lstatSync, opendirSync } from 'node:fs';
import { basename, extname, join, relative } from 'node:path';
import type { Artifact, ArtifactList } from '../../contract/replies/files-and-usage.ts';
import type { JobFolder } from '../../output/files/job-folder.ts';
import { readFully } from '../../os/read-fully.ts';
import { isPlainPath, openInside } from '../../os/safe-open.ts';

const MOST_LISTED = 1000;
const MOST_LOOKED_AT = 10_000;
const DEEPEST = 8;

/** What a browser shows without running anything in it. */
const SAFE_TYPES: Record<string, string> = {
  '.png': 'image/png',
  '.jpg': 'image/jpeg',
  '.jpeg': 'image/jpeg',
  '.gif': 'image/gif',
  '.webp': 'image/webp',
  '.txt': 'text/plain; charset=utf-8',
  '.log': 'text/plain; charset=utf-8',
  '.csv': 'text/plain; charset=utf-8',
  '.json': 'text/plain; charset=utf-8',
  '.md': 'text/plain; charset=utf-8',
};

/** Regular files only, by name. Links and special files are as if they were not there. */
export async function listArtifacts(folder: JobFolder): Promise<ArtifactList> {
  const { artifacts: found, truncated } = findArtifacts(folder, MOST_LOOKED_AT);
  found.sort((a, b) => (a.name < b.name ? -1 : 1));
  return {
    artifacts: found.slice(0, MOST_LISTED),
    truncated: truncated || found.length > MOST_LISTED,
  };
}

/** In no order, among the first `mostLookedAt` entries of the folder and those in it. */
export function findArtifacts(
  { work, artifacts: root }: JobFolder,
  mostLookedAt: number,
): ArtifactList {
  const found: Artifact[] = [];
  const folders = isRealFolder(work) ? [''] : [];
  let lookedAt = 0;
  // An array that is iterated takes in what is added on the way.
  for (const folder of folders) {
    for (const { name, isFolder } of entriesOf(root, folder, mostLookedAt - lookedAt)) {
      lookedAt += 1;
      if (!isPlainPath(name) || basename(name).startsWith('.')) continue;
      if (isFolder && name.split('/').length < DEEPEST) folders.push(name);
      const artifact = isFolder ? null : artifactAt(root, name);
      if (artifact) found.push(artifact);
    }
    if (lookedAt >= mostLookedAt) break;
  }
  return { artifacts: found, truncated: lookedAt >= mostLookedAt };
}

/** A file held open while it is read, so that nothing can be put in its place. */
export class OpenArtifact {
  readonly name: string;
  /** Where it is on disk, for messages. */
  readonly path: string;
  readonly bytes: number;
  readonly mediaType: string;
  readonly #fd: number;

  constructor(name: string, path: string, bytes: number, fd: number) {
    this.name = name;
    this.path = path;
    this.bytes = bytes;
    this.mediaType = mediaTypeOf(name);
    this.#fd = fd;
  }

  read(from: number, length: number): Uint8Array {
    return readFully(this.#fd, from, length);
  }

  close(): void {
    closeSync(this.#fd);
  }
}

/** Null for what is not a plain file inside the job's own folder. The caller closes it. */
export function openArtifact({ root, artifacts }: JobFolder, name: string): OpenArtifact | null {
  const opened = openInside(root, `${relative(root, artifacts)}/${name}`);
  return opened && new OpenArtifact(name, join(artifacts, name), opened.stats.size, opened.fd);
}

interface Entry {
  name: string;
  isFolder: boolean;
}

/** Hidden files are as if they were not there: what is not whole yet has such a name. */
function entriesOf(root: string, folder: string, most: number): Entry[] {
  const path = join(root, folder);
  if (!isRealFolder(path)) return [];
  try {
    const prefix = folder === '' ? '' : `${folder}/`;
    return readEntries(path, most).map(({ name, ...rest }) => ({ name: prefix + name, ...rest }));
  } catch {
    return []; // removed while it was read
  }
}

function readEntries(path: string, most: number): Entry[] {
  const directory = opendirSync(path);
  const entries: Entry[] = [];
  try {
    for (let looked = 0; looked < most; looked++) {
      const entry = directory.readSync();
      if (!entry) break;
      entries.push({ name: entry.name, isFolder: entry.isDirectory() });
    }
  } finally {
    directory.closeSync();
  }
  return entries;
}

/** Neither opened nor followed: a pipe cannot hold us up. */
function artifactAt(root: string, name: string): Artifact | null {
  const stats = lstatSync(join(root, name), { throwIfNoEntry: false });
  if (!stats?.isFile() || stats.nlink !== 1) return null;
  return {
    name,
    bytes: stats.size,
    modified_at: stats.mtime.toISOString(),
    media_type: mediaTypeOf(name),
  };
}

/** The script owns the folder around it and may have put a link in its place. */
function isRealFolder(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
}

function mediaTypeOf(name: string): string {
  return SAFE_TYPES[extname(name).toLowerCase()] ?? 'application/octet-stream';
}
