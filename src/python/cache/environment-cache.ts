/**
 * Environments built before: `<home>/envs/<key>/environment.json` names the folder that is in use.
 * It appears by a rename when the folder is complete, so what it names was never half-built. Each
 * build has a folder of its own name, because scripts in `bin` hold absolute paths.
 */
import { readFileSync, utimesSync } from 'node:fs';
import { access, chmod, mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Newest } from '../../core/newest.ts';
import { writeAtomic } from '../../os/atomic-file.ts';
import { fileStamp } from '../../os/file-stamp.ts';
import { areUntouched, type SharedFile } from './shared-files.ts';

export interface CachedEnvironment {
  /** Absolute folder of the virtual environment. */
  path: string;
  python: string;
  pythonVersion: string;
  /** Pinned `name==version`, sorted. */
  resolvedDependencies: string[];
  madeBy: 'uv' | 'pip';
  /** What was asked for, in words. */
  description: string;
  createdAt: string;
  /** The packages folder and its stamp when published: another stamp means a script changed it. */
  packages: string;
  seal: string;
  /** Files that are links to what other environments hold too. */
  shared?: SharedFile[];
}

export const RECORD = 'environment.json';
/** Inside a folder that was complete once, so that a job may still run in it. */
const COMPLETE = '.complete';
const USE_STAMP_EVERY_MS = 60_000;

const MOST_KNOWN = 500;

const known = new Newest<string, { stamp: string; environment: CachedEnvironment }>(MOST_KNOWN);
const stampedAt = new Newest<string, number>(MOST_KNOWN);

export function environmentFolder(home: string, key: string): string {
  return join(home, 'envs', key);
}

/**
 * The environment of `key` if it is there, whole and unchanged: three stats, no process.
 * One that a script has installed into is none: the next build replaces it.
 */
export function cachedEnvironment(home: string, key: string): CachedEnvironment | null {
  const environment = publishedEnvironment(environmentFolder(home, key));
  if (!environment || !fileStamp(environment.python)) return null;
  if (fileStamp(environment.packages) !== environment.seal) return null;
  return areUntouched(environment.path, environment.shared) ? environment : null;
}

/** What the record of an environment's folder says, whether or not it may still be used. */
export function publishedEnvironment(folder: string): CachedEnvironment | null {
  const file = join(folder, RECORD);
  const stamp = fileStamp(file);
  if (!stamp) return null;
  const before = known.get(file);
  if (before?.stamp === stamp) return before.environment;
  const environment = readRecord(file);
  if (environment) known.set(file, { stamp, environment });
  return environment;
}

function readRecord(file: string): CachedEnvironment | null {
  try {
    const record = JSON.parse(readFileSync(file, 'utf8')) as CachedEnvironment;
    return typeof record.path === 'string' && typeof record.seal === 'string' ? record : null;
  } catch {
    return null;
  }
}

/** Seals the folder against changes and makes it the environment of its key. */
export async function publish(
  folder: string,
  environment: Omit<CachedEnvironment, 'seal'>,
): Promise<CachedEnvironment> {
  await seal(environment);
  const published = { ...environment, seal: fileStamp(environment.packages) ?? '' };
  await writeFile(join(environment.path, COMPLETE), '');
  writeAtomic(join(folder, RECORD), JSON.stringify(published, null, 2));
  return published;
}

/**
 * Nothing can be added to or removed from a read-only folder, except by root: the seal is for that.
 * Compiled modules go to `__pycache__`, which must exist for the packages folder to stay unchanged.
 */
async function seal({ path, packages }: Omit<CachedEnvironment, 'seal'>): Promise<void> {
  await mkdir(join(packages, '__pycache__'), { recursive: true });
  await chmod(join(path, 'bin'), 0o555);
  await chmod(packages, 0o555);
}

/** Marks the environment as used now, by the time of its folder; at most once a minute. */
export function stampUse(folder: string, now = Date.now()): void {
  if (now - (stampedAt.get(folder) ?? 0) < USE_STAMP_EVERY_MS) return;
  stampedAt.set(folder, now);
  try {
    utimesSync(folder, now / 1000, now / 1000);
  } catch {
    stampedAt.delete(folder);
  }
}

/** False for what a killed builder left behind. */
export async function wasPublished(path: string): Promise<boolean> {
  return access(join(path, COMPLETE)).then(
    () => true,
    () => false,
  );
}

/** Undoes the seal first: nothing can be removed from a read-only folder. */
export async function removeEnvironmentFolder(path: string): Promise<void> {
  const libraries = await readdir(join(path, 'lib')).catch(() => []);
  const sealed = libraries.map((name) => join(path, 'lib', name, 'site-packages'));
  const writable = [join(path, 'bin'), ...sealed].map((folder) => chmod(folder, 0o755));
  await Promise.allSettled(writable);
  await rm(path, { recursive: true, force: true, maxRetries: 3 });
}
