/** Lists cached environments and removes those that are old or too many, never one in use. */
import { readdir, rename, rm, rmdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { takePidFile } from '../../os/pid-file.ts';
import { diskUse, freedByRemoving, sizeOf, type DiskUse } from './disk-use.ts';
import {
  publishedEnvironment,
  RECORD,
  removeEnvironmentFolder,
  type CachedEnvironment,
} from './environment-cache.ts';
import { withParents } from './environment-parents.ts';
import { sweepSharedFiles } from './shared-files.ts';

export interface EnvironmentInfo {
  /** Name of its folder in `<home>/envs`. */
  key: string;
  /** Null: a build that never ended, or one that a newer has replaced. */
  environment: CachedEnvironment | null;
  /** Unix milliseconds. */
  lastUsedAt: number;
  /** With its part of what it shares with others: the sizes of all add up. */
  sizeBytes: number;
  use: DiskUse;
}

export interface PruneRequest {
  maxAgeDays: number;
  maxBytes: number;
  /** Interpreters (absolute paths) of all jobs that have not ended. */
  inUse: ReadonlySet<string>;
  dryRun?: boolean;
}

export interface PruneResult {
  removed: string[];
  remaining: number;
  freedBytes: number;
}

const LOCK = 'lock';
const DAY_MS = 86_400_000;
/** Between choosing an environment and the job's appearance among those in use. */
const JUST_USED_MS = 10 * 60_000;
const REPORTS_AGE_DAYS = 30;

/** The most recently used first. */
export async function listEnvironments(home: string): Promise<EnvironmentInfo[]> {
  const root = join(home, 'envs');
  const keys = await readdir(root).catch(() => []);
  const found = await Promise.all(keys.map((key) => describeEnvironment(root, key)));
  return found.filter((info) => info !== null).sort((a, b) => b.lastUsedAt - a.lastUsedAt);
}

async function describeEnvironment(root: string, key: string): Promise<EnvironmentInfo | null> {
  const folder = join(root, key);
  const stats = await stat(folder).catch(() => null);
  if (!stats?.isDirectory()) return null;
  const environment = publishedEnvironment(folder);
  const use = await diskUse(folder);
  return { key, environment, lastUsedAt: stats.mtimeMs, sizeBytes: sizeOf(use), use };
}

/**
 * First what is older than `maxAgeDays`, then the least recently used until `maxBytes` are kept.
 * Replaced and abandoned builds of the others go too.
 */
export async function pruneEnvironments(home: string, asked: PruneRequest): Promise<PruneResult> {
  const request = { ...asked, inUse: await withParents(asked.inUse) };
  const now = Date.now();
  const all = await listEnvironments(home);
  const result: PruneResult = { removed: [], remaining: all.length, freedBytes: 0 };
  const freedBy = freedByRemoving();
  let kept = all.reduce((total, info) => total + info.sizeBytes, 0);
  for (const info of all.toReversed()) {
    const tooOld = now - info.lastUsedAt > request.maxAgeDays * DAY_MS;
    if (!tooOld && kept <= request.maxBytes) continue;
    if (!(await removeUnused(home, info, request, now))) continue;
    const freed = freedBy(info.use);
    kept -= freed;
    result.removed.push(info.key);
    result.freedBytes += freed;
  }
  result.remaining -= result.removed.length;
  if (!request.dryRun) await removeRemains(home, request, now);
  return result;
}

async function removeUnused(
  home: string,
  info: EnvironmentInfo,
  { inUse, dryRun }: PruneRequest,
  now: number,
): Promise<boolean> {
  const folder = join(home, 'envs', info.key);
  if (now - info.lastUsedAt < JUST_USED_MS || isInUse(folder, inUse)) return false;
  if (dryRun) return true;
  return locked(folder, async () => {
    await unpublish(folder);
    await removeBuilds(await buildsIn(folder));
    await rm(folder, { recursive: true, force: true });
  });
}

/** From here on nobody chooses it. */
async function unpublish(folder: string): Promise<void> {
  await rename(join(folder, RECORD), join(folder, 'removed.json')).catch(() => {});
}

function isInUse(folder: string, inUse: ReadonlySet<string>): boolean {
  return [...inUse].some((interpreter) => interpreter.startsWith(`${folder}/`));
}

async function buildsIn(folder: string): Promise<string[]> {
  const names = await readdir(folder).catch(() => []);
  return names.filter((name) => name.startsWith('env-')).map((name) => join(folder, name));
}

/** Builds that a newer one has replaced or that were never finished; reports of old scripts. */
async function removeRemains(home: string, { inUse }: PruneRequest, now: number): Promise<void> {
  const root = join(home, 'envs');
  for (const key of await readdir(root).catch(() => [])) {
    const folder = join(root, key);
    const current = publishedEnvironment(folder)?.path;
    const builds = (await buildsIn(folder)).filter(
      (path) => path !== current && !isInUse(path, inUse),
    );
    if (current && builds.length === 0) continue;
    await removeSpare(folder, builds, now);
  }
  await sweepSharedFiles(home);
  await removeOldFiles(join(home, 'meta/imports'), now - REPORTS_AGE_DAYS * DAY_MS);
}

async function removeSpare(folder: string, builds: string[], now: number): Promise<void> {
  const stats = await stat(folder).catch(() => null);
  if (!stats || now - stats.mtimeMs < JUST_USED_MS) return;
  await locked(folder, () => removeBuilds(builds));
  await rmdir(folder).catch(() => {}); // only when nothing is left in it
}

/** All that can be removed goes, before the first failure is told. */
async function removeBuilds(builds: string[]): Promise<void> {
  const results = await Promise.allSettled(builds.map(removeEnvironmentFolder));
  for (const result of results) if (result.status === 'rejected') throw result.reason;
}

/** False when somebody builds there. Whatever becomes of the work, builders need not wait for us. */
async function locked(folder: string, work: () => Promise<void>): Promise<boolean> {
  const lock = takePidFile(join(folder, LOCK));
  if (!lock) return false;
  try {
    await work();
    return true;
  } finally {
    lock.release();
  }
}

async function removeOldFiles(folder: string, before: number): Promise<void> {
  for (const name of await readdir(folder).catch(() => [])) {
    const path = join(folder, name);
    const stats = await stat(path).catch(() => null);
    if (stats && stats.mtimeMs < before) await rm(path, { force: true });
  }
}
