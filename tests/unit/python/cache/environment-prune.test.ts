import { existsSync, mkdirSync, readdirSync, utimesSync, writeFileSync } from 'node:fs';
import { spawnSync } from 'node:child_process';
import { dirname, join } from 'node:path';
import { beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { takePidFile } from '../../../../src/os/pid-file.ts';
import { cachedEnvironment, publish } from '../../../../src/python/cache/environment-cache.ts';
import { linkParents } from '../../../../src/python/cache/environment-parents.ts';
import {
  listEnvironments,
  pruneEnvironments,
} from '../../../../src/python/cache/environment-prune.ts';
import { scratchFolder } from '../../../support/environment-context.ts';

const DAY = 86_400;
const KEEP_ALL = { maxAgeDays: 365, maxBytes: Number.MAX_SAFE_INTEGER, inUse: new Set<string>() };

const canMount =
  process.getuid?.() === 0 &&
  spawnSync('unshare', ['-m', 'mount', '-t', 'tmpfs', 'tmpfs', '/mnt']).status === 0;

let home = '';
beforeEach(() => {
  home = scratchFolder();
});

/** A published environment that only looks like one, last used some days ago. */
async function environment(key: string, daysAgo: number, bytes = 1000): Promise<string> {
  const folder = join(home, 'envs', key);
  const python = buildFolder(folder, 'env-1', bytes);
  const path = join(folder, 'env-1');
  const packages = join(path, 'lib/python3.11/site-packages');
  const facts = { pythonVersion: '3.11.1', resolvedDependencies: [], madeBy: 'pip' as const };
  const text = { description: key, createdAt: new Date(0).toISOString() };
  await publish(folder, { path, python, packages, ...facts, ...text });
  age(folder, daysAgo);
  return python;
}

function buildFolder(folder: string, name: string, bytes: number): string {
  mkdirSync(join(folder, name, 'lib/python3.11/site-packages'), { recursive: true });
  mkdirSync(join(folder, name, 'bin'));
  writeFileSync(join(folder, name, 'content'), 'x'.repeat(bytes));
  writeFileSync(join(folder, name, 'bin/python'), '');
  return join(folder, name, 'bin/python');
}

function age(folder: string, days: number): void {
  const then = Date.now() / 1000 - days * DAY;
  utimesSync(folder, then, then);
}

const keys = () => readdirSync(join(home, 'envs')).sort();

describe('environments', () => {
  test('are listed by last use, with their size', async () => {
    await environment('old', 9, 100_000);
    await environment('new', 1);
    const [first, second] = await listEnvironments(home);
    expect([first?.key, second?.key]).toEqual(['new', 'old']);
    expect(second?.environment?.description).toBe('old');
    expect(second!.sizeBytes - first!.sizeBytes).toBeGreaterThan(90_000);
  });

  test('of a home without any are an empty list', async () => {
    expect(await listEnvironments(home)).toEqual([]);
    expect(await pruneEnvironments(home, KEEP_ALL)).toEqual({
      removed: [],
      remaining: 0,
      freedBytes: 0,
    });
  });

  test('unused for too long are removed, read-only as they are', async () => {
    await environment('old', 40);
    await environment('new', 5);
    const { removed, remaining, freedBytes } = await pruneEnvironments(home, {
      ...KEEP_ALL,
      maxAgeDays: 30,
    });
    expect({ removed, remaining }).toEqual({ removed: ['old'], remaining: 1 });
    expect(freedBytes).toBeGreaterThan(0);
    expect(keys()).toEqual(['new']);
    expect(cachedEnvironment(home, 'old')).toBeNull();
  });

  test('beyond the limit on space go by last use', async () => {
    for (const [index, key] of ['a', 'b', 'c'].entries())
      await environment(key, 3 - index, 500_000);
    await pruneEnvironments(home, { ...KEEP_ALL, maxBytes: 1_200_000 });
    expect(keys()).toEqual(['b', 'c']);
  });

  test('in use, just used or being built are kept', async () => {
    const running = await environment('running', 90);
    await environment('just-used', 0);
    await environment('building', 90);
    const lock = takePidFile(join(home, 'envs/building/lock'));
    age(join(home, 'envs/building'), 90);
    const request = { maxAgeDays: 0, maxBytes: 0, inUse: new Set([running]) };
    expect((await pruneEnvironments(home, request)).removed).toEqual([]);
    lock?.release();
    age(join(home, 'envs/building'), 90);
    expect((await pruneEnvironments(home, request)).removed).toEqual(['building']);
    expect(existsSync(running)).toBe(true);
  });

  test('that one in use stands on are kept', async () => {
    const running = await environment('child', 90);
    const parent = await environment('parent', 90);
    const packages = (python: string): string => join(python, '../../lib/python3.11/site-packages');
    await linkParents(packages(running), [packages(parent)]);
    const request = { maxAgeDays: 0, maxBytes: 0, inUse: new Set([running]) };
    expect((await pruneEnvironments(home, request)).removed).toEqual([]);
  });

  test('that were replaced or never finished go, unless a job runs in them', async () => {
    await environment('key', 2);
    const folder = join(home, 'envs/key');
    const replaced = buildFolder(folder, 'env-0', 10);
    const stillUsed = buildFolder(folder, 'env-2', 10);
    mkdirSync(join(home, 'envs/never-built'));
    for (const path of [folder, join(home, 'envs/never-built')]) age(path, 2);
    await pruneEnvironments(home, { ...KEEP_ALL, inUse: new Set([stillUsed]) });
    expect(existsSync(replaced)).toBe(false);
    expect(existsSync(stillUsed)).toBe(true);
    expect(cachedEnvironment(home, 'key')).not.toBeNull();
    expect(keys()).toEqual(['key']);
  });

  test.skipIf(!canMount)('that cannot be removed do not stay locked', async () => {
    const folder = join(dirname(await environment('stuck', 400)), '../..');
    const inside = join(folder, 'env-1/lib');
    spawnSync('mount', ['-t', 'tmpfs', 'tmpfs', inside]);
    onTestFinished(() => void spawnSync('umount', ['-l', inside]));
    await expect(pruneEnvironments(home, { ...KEEP_ALL, dryRun: false })).rejects.toThrow();
    const lock = takePidFile(join(folder, 'lock'));
    expect(lock).not.toBeNull();
    lock?.release();
  });

  test('are only counted in a dry run', async () => {
    await environment('old', 40);
    const result = await pruneEnvironments(home, { ...KEEP_ALL, maxAgeDays: 30, dryRun: true });
    expect(result.removed).toEqual(['old']);
    expect(keys()).toEqual(['old']);
  });
});
