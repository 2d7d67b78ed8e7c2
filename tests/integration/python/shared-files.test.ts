import { execFile } from 'node:child_process';
import {
  appendFileSync,
  readdirSync,
  readFileSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';
import { cachedEnvironment } from '../../../src/python/cache/environment-cache.ts';
import {
  listEnvironments,
  pruneEnvironments,
} from '../../../src/python/cache/environment-prune.ts';
import { installers } from '../../support/installers.ts';
import { offlineHome, resolver } from '../../support/offline-home.ts';
import { writeWheel } from '../../support/wheel.ts';

const run = promisify(execFile);
const LARGE = 400_000;
const REMOVE_ALL = { maxAgeDays: 0, maxBytes: 0, inUse: new Set<string>() };

function largeHome(uvPath: string | null) {
  const home = offlineHome(uvPath);
  const source = `VALUE = "clean"\n# ${'x'.repeat(LARGE)}\n`;
  writeWheel(home.wheels, { name: 'large', version: '1.0', source });
  for (const name of ['one', 'two', 'three', 'four', 'five']) {
    writeWheel(home.wheels, { name, version: '1.0' });
  }
  return { ...home, ...resolver(home) };
}

async function valueIn(python: string): Promise<string> {
  return (await run(python, ['-c', 'import large; print(large.VALUE)'])).stdout.trim();
}

async function moduleIn(python: string): Promise<string> {
  return (await run(python, ['-c', 'import large; print(large.__file__)'])).stdout.trim();
}

async function diskOf(...folders: string[]): Promise<number> {
  const { stdout } = await run('du', ['-sc', '--block-size=1', ...folders]);
  return Number.parseInt(stdout.trim().split('\n').at(-1) ?? '', 10);
}

describe.each(installers)('environments built by $installer', ({ uvPath, available }) => {
  test.skipIf(!available)('with the same package hold its files once', async () => {
    const { home, resolve } = largeHome(uvPath);
    const first = await resolve(['large', 'one']);
    const files = await moduleIn(first.command[0]);
    for (const name of ['two', 'three', 'four', 'five']) await resolve(['large', name]);
    expect(statSync(files).nlink).toBe(6); // five environments, and the store
    expect(statSync(files).mode & 0o222).toBe(0);

    const used = await diskOf(join(home, 'envs'), join(home, 'packages'));
    const told = (await listEnvironments(home)).reduce((sum, info) => sum + info.sizeBytes, 0);
    expect(Math.abs(used - told) / used).toBeLessThan(0.1);
  });

  test.skipIf(!available)('do not see what a script writes into one of them', async () => {
    const { home, resolve, lines } = largeHome(uvPath);
    const one = await resolve(['large', 'one']);
    const two = await resolve(['large', 'two']);
    const file = await moduleIn(one.command[0]);
    await expect(run(one.command[0], ['-m', 'pip', 'install', 'x'])).rejects.toThrow('pip');

    const write = `open(${JSON.stringify(file)}, 'a').write('\\nVALUE = "poison"\\n')`;
    const written = await run(one.command[0], ['-c', write]).then(
      () => true,
      () => false, // read-only binds everybody but root
    );
    expect(written).toBe(process.getuid?.() === 0);
    for (const name of ['two', 'one', 'three']) {
      expect(await valueIn((await resolve(['large', name])).command[0])).toBe('clean');
    }
    if (written) expect(lines.join('\n')).toContain('was changed by a script');
    else expect((await resolve(['large', 'two'])).command).toEqual(two.command);
    expect(readdirSync(join(home, 'packages'))).not.toEqual([]);
  });

  test.skipIf(!available)('keep the bytecode of each to itself', async () => {
    const { resolve } = largeHome(uvPath);
    const one = await resolve(['large', 'one']);
    const two = await resolve(['large', 'two']);
    const env = { ...process.env, PYTHONDONTWRITEBYTECODE: undefined };
    for (const { command } of [one, two]) await run(command[0], ['-c', 'import large'], { env });
    const cached = async (python: string) => {
      const { stdout } = await run(python, ['-c', 'import large; print(large.__cached__)']);
      return statSync(stdout.trim());
    };
    const [a, b] = [await cached(one.command[0]), await cached(two.command[0])];
    expect(a.ino).not.toBe(b.ino);
    expect((await resolve(['large', 'one'])).command).toEqual(one.command);
  });
});

test('a removal frees a shared file only with the last environment that holds it', async () => {
  const { home, resolve } = largeHome(null);
  for (const name of ['one', 'two']) await resolve(['large', name]);
  const folders = ['envs', 'packages'].map((name) => join(home, name));
  const before = await diskOf(...folders);
  const later = Date.now() / 1000 - 90 * 86_400;
  for (const { key } of await listEnvironments(home)) {
    utimesSync(join(home, 'envs', key), later, later);
  }
  const trial = await pruneEnvironments(home, { ...REMOVE_ALL, dryRun: true });
  const { removed, freedBytes } = await pruneEnvironments(home, REMOVE_ALL);
  expect(removed).toHaveLength(2);
  expect(trial.freedBytes).toBe(freedBytes);
  const freed = before - (await diskOf(...folders));
  expect(Math.abs(freedBytes - freed)).toBeLessThan(LARGE / 20);
  expect(readdirSync(join(home, 'packages'))).toEqual([]);
});

test('a kept file that was written to is not given to the next build', async () => {
  const { home, resolve } = largeHome(null);
  await resolve(['large', 'one']);
  const [name] = readdirSync(join(home, 'packages'));
  appendFileSync(join(home, 'packages', name!), 'VALUE = "poison"\n');
  expect(await valueIn((await resolve(['large', 'two'])).command[0])).toBe('clean');
});

test('an environment of an earlier release, without a list of shared files, is used on', async () => {
  const { home, resolve } = largeHome(null);
  const { command } = await resolve(['large']);
  const [key] = readdirSync(join(home, 'envs'));
  const file = join(home, 'envs', key!, 'environment.json');
  const { shared: _shared, ...record } = JSON.parse(readFileSync(file, 'utf8'));
  writeFileSync(file, JSON.stringify(record));
  expect(cachedEnvironment(home, key!)?.python).toBe(command[0]);
});
