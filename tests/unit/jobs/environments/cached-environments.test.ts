import { existsSync, mkdirSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { type Config, loadConfig } from '../../../../src/config/settings.ts';
import { EnvironmentCache } from '../../../../src/jobs/environments/cached-environments.ts';
import { EnvironmentUpkeep } from '../../../../src/jobs/environments/environment-upkeep.ts';
import { openLog } from '../../../../src/os/log.ts';
import { scratchFolder } from '../../../support/environment-context.ts';
import { waitFor } from '../../../support/wait-for.ts';

const DAY_MS = 86_400_000;
const KIB = 1024;

let home = '';
beforeEach(() => {
  home = scratchFolder();
});

function configOf(settings: Record<string, string>): Config {
  const env = { PYTHON_MCP_HOME: home, ...settings };
  return loadConfig({ env, readFile: () => null, parseToml: () => ({}) });
}

function cache(settings: Record<string, string> = {}, inUse: string[] = []): EnvironmentCache {
  return new EnvironmentCache(configOf(settings), () => new Set(inUse));
}

/** A published environment as far as lists and prunes look at it. */
function environment(key: string, daysAgo: number, bytes = 10): string {
  const folder = join(home, 'envs', key);
  mkdirSync(join(folder, 'env-1/bin'), { recursive: true });
  writeFileSync(join(folder, 'env-1/content'), 'x'.repeat(bytes));
  const record = { path: join(folder, 'env-1'), seal: 'none', description: key };
  writeFileSync(join(folder, 'environment.json'), JSON.stringify(record));
  const then = (Date.now() - daysAgo * DAY_MS) / 1000;
  utimesSync(folder, then, then);
  return join(folder, 'env-1/bin/python');
}

const isThere = (key: string): boolean => existsSync(join(home, 'envs', key));

describe('the cache of environments', () => {
  test('says which are in use', async () => {
    const python = environment('used', 2);
    environment('use', 1); // its key begins the other's
    const list = await cache({}, [python]).list();
    expect(list.map(({ key, in_use: inUse }) => [key, inUse])).toEqual([
      ['use', false],
      ['used', true],
    ]);
  });

  test('removes nothing for a limit that is not named', async () => {
    environment('old', 900, 100 * KIB);
    expect(await cache().prune({})).toEqual({ removed: [], remaining: 1, freed_bytes: 0 });
    const reply = await cache().prune({ maxBytes: 50 * KIB }, true);
    expect(reply).toMatchObject({ removed: ['old'], remaining: 0 });
    expect(reply.freed_bytes).toBeGreaterThan(100 * KIB);
    expect(isThere('old')).toBe(true);
    await cache().prune({ maxAgeDays: 899 });
    expect(isThere('old')).toBe(false);
  });

  test('is pruned by the settings once a day, whichever server comes first', async () => {
    environment('old', 40);
    const inUse = environment('in-use', 40);
    environment('new', 20);
    const pruned = await cache({}, [inUse]).pruneIfDue();
    expect(pruned).toMatchObject({ removed: ['old'], remaining: 2 });
    const other = cache({ PYTHON_MCP_ENVIRONMENT_MAX_AGE_DAYS: '10' });
    expect(await other.pruneIfDue()).toBeNull();
    expect(isThere('new')).toBe(true);
    const tomorrow = await other.pruneIfDue(Date.now() + DAY_MS);
    expect(tomorrow?.removed.toSorted()).toEqual(['in-use', 'new']);
  });
});

describe('the upkeep of the cache', () => {
  test('waits until nothing runs, then prunes and writes down what it removed', async () => {
    environment('old', 40);
    const log = join(home, 'server.log');
    let looks = 0;
    let idle = false;
    const isIdle = (): boolean => {
      looks += 1;
      return idle;
    };
    const upkeep = new EnvironmentUpkeep(cache(), isIdle, openLog(log, 'info'), 5);
    onTestFinished(() => upkeep.stop());
    upkeep.start();
    await waitFor(() => looks >= 3, 20_000, 'three looks');
    expect(isThere('old')).toBe(true);
    idle = true;
    await waitFor(() => existsSync(log), 20_000, 'a line in the log');
    expect(isThere('old')).toBe(false);
  });

  test('looks no more once it is stopped', async () => {
    let looks = 0;
    const isIdle = (): boolean => {
      looks += 1;
      upkeep.stop();
      return false;
    };
    const upkeep = new EnvironmentUpkeep(cache(), isIdle, openLog(join(home, 'log'), 'info'), 1);
    upkeep.start();
    await waitFor(() => looks === 1, 20_000, 'the first look');
    let others = 0;
    const countOthers = (): boolean => {
      others += 1;
      return false;
    };
    const other = new EnvironmentUpkeep(
      cache(),
      countOthers,
      openLog(join(home, 'log'), 'info'),
      1,
    );
    onTestFinished(() => other.stop());
    other.start();
    await waitFor(() => others >= 5, 20_000, 'five looks of one that goes on');
    expect(looks).toBe(1);
  });
});
