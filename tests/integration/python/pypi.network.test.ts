/** Real packages from the index. Runs where an index can be reached; says so when not. */
import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, describe, expect, test } from 'vitest';
import type { EnvironmentConfig } from '../../../src/python/context/context.ts';
import { resolveEnvironment } from '../../../src/python/resolve-environment.ts';
import { defaultInterpreter } from '../../../src/python/interpreters/interpreters.ts';
import { runRequest, testContext } from '../../support/environment-context.ts';
import { envWithoutUv } from '../../support/installers.ts';

const run = promisify(execFile);

/** One home for the file, so that uv is fetched once. */
const home = mkdtempSync(join(tmpdir(), 'python-mcp-pypi-'));
afterAll(() => rmSync(home, { recursive: true, force: true }));

async function indexReachable(): Promise<boolean> {
  const { path } = await defaultInterpreter(testContext(home));
  const args = ['-m', 'pip', 'download', '--no-deps', '--retries', '0', '--timeout', '5'];
  const download = run(path, [...args, '--dest', join(home, 'probe'), 'six'], { timeout: 30_000 });
  return download.then(
    () => true,
    () => false,
  );
}

const reachable = await indexReachable();
if (!reachable) console.warn('SKIPPED: no package index can be reached, so no real packages.');

function resolver(source: string, config: Partial<EnvironmentConfig> = {}) {
  const path = join(home, 'script.py');
  writeFileSync(path, source);
  const context = testContext(home, config, envWithoutUv());
  const resolve = (dependencies: string[]) => {
    const request = runRequest(home, { environment: { dependencies, autoInstall: true } });
    return resolveEnvironment(request, { path }, context);
  };
  return { path, resolve, lines: context.lines };
}

describe.skipIf(!reachable)(`with a package index${reachable ? '' : ' (none reachable)'}`, () => {
  test('uv is installed into the home when there is none, and then used', async () => {
    const { path, resolve, lines } = resolver('import six\nprint(six.__version__)\n');
    const { launch, command } = await resolve(['six==1.16.0']);
    expect(lines.join('\n')).toContain('Installing uv, once for all jobs');
    expect(existsSync(join(home, 'tools/uv'))).toBe(true);
    expect(launch).toMatchObject({ strategy: 'uv-run', resolvedDependencies: ['six==1.16.0'] });
    expect((await run(command[0], [path])).stdout).toBe('1.16.0\n');
  }, 120_000);

  test('imports bring the packages they mean', async () => {
    const { resolve } = resolver('import bs4, PIL\nimport requestz_of_nobody\n');
    const { launch, command } = await resolve([]);
    await run(command[0], ['-c', 'import bs4, PIL.Image']);
    expect(launch.notes.join()).toContain('import requestz_of_nobody: not installed');
  }, 120_000);

  test('releases after exclude_newer are passed over', async () => {
    const { resolve } = resolver('', { excludeNewer: '2021-01-01T00:00:00Z' });
    expect((await resolve(['six'])).launch.resolvedDependencies).toEqual(['six==1.15.0']);
  }, 120_000);

  test('five environments with scipy take little more than one', async () => {
    const { resolve } = resolver('');
    const folders = ['envs', 'packages'].map((name) => join(home, name));
    const used = async () => {
      const { stdout } = await run('du', ['-sc', '--block-size=1', ...folders]);
      return Number.parseInt(stdout.trim().split('\n').at(-1) ?? '', 10);
    };
    const [first, ...others] = ['six', 'idna', 'toml', 'attrs', 'zipp'];
    const before = await used();
    await resolve(['scipy', first!]);
    const one = (await used()) - before;
    for (const name of others) await resolve(['scipy', name]);
    expect((await used()) - before).toBeLessThan(1.3 * one);
  }, 300_000);

  test('a withdrawn release is taken only when it is named', async () => {
    const { launch } = await resolver('').resolve(['attrs==21.1.0']);
    expect(launch.resolvedDependencies).toEqual(['attrs==21.1.0']);
    await expect(resolver('').resolve(['attrs>=21,<21.2'])).rejects.toThrow(/was yanked/);
  }, 120_000);

  test.each([
    ['a conflict', ['requests==2.31.0', 'urllib3<1.21'], /urllib3>=1\.21\.1/],
    ['a package nobody has', ['requestz-of-nobody'], /requestz-of-nobody/],
    ['a version nobody has', ['six==99'], /six==99/],
  ])(
    '%s is explained by uv',
    async (_what, dependencies, words) => {
      const failing = resolver('').resolve(dependencies);
      await expect(failing).rejects.toMatchObject({ code: 'environment_failed' });
      await expect(failing).rejects.toThrow(words);
    },
    60_000,
  );

  test('offline, what is cached still runs and the rest says what is wanting', async () => {
    const { resolve } = resolver('', { offline: true });
    await expect(resolve(['never-fetched-before'])).rejects.toThrow('`offline`');
    expect((await resolve(['six==1.16.0'])).launch.resolvedDependencies).toEqual(['six==1.16.0']);
  }, 60_000);
});
