import { execFile } from 'node:child_process';
import { appendFileSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';
import { resolveEnvironment } from '../../../src/python/resolve-environment.ts';
import { runRequest, testContext } from '../../support/environment-context.ts';
import { envWithoutUv, uvOnPath } from '../../support/installers.ts';
import { offlineHome } from '../../support/offline-home.ts';

const run = promisify(execFile);

/** A project that wants beta, with the script in a folder below. */
function projectHome(uvPath: string | null) {
  const home = offlineHome(uvPath);
  const project = join(home.home, 'project');
  mkdirSync(join(project, 'scripts'), { recursive: true });
  writeFileSync(
    join(project, 'pyproject.toml'),
    '[project]\nname = "demo"\nversion = "1"\nrequires-python = ">=3.8"\ndependencies = ["beta"]\n',
  );
  const env = { ...envWithoutUv(), UV_CACHE_DIR: join(home.home, 'uv-cache') };
  const context = testContext(home.home, home.config, env);
  const resolve = (ignoreProject = false) =>
    resolveEnvironment(
      runRequest(join(project, 'scripts'), { environment: { ignoreProject } }),
      { path: home.script },
      context,
    );
  return { ...home, project, env, resolve, lines: context.lines };
}

async function betaOf(python: string): Promise<string> {
  return (await run(python, ['-c', 'import beta; print(beta.VERSION)'])).stdout.trim();
}

describe('a uv project', () => {
  test.skipIf(!uvOnPath)('gets what it depends on, and no file of its own is touched', async () => {
    const { project, resolve, lines } = projectHome(uvOnPath);
    const { launch } = await resolve();
    expect(launch).toMatchObject({ source: 'uv-project', strategy: 'uv-run' });
    expect(await betaOf(launch.interpreter)).toBe('0.2');
    expect(readdirSync(project).sort()).toEqual(['pyproject.toml', 'scripts']);
    lines.length = 0;
    const { builtNow, ...same } = launch;
    expect(builtNow).toBe(true);
    expect((await resolve()).launch).toEqual(same);
    expect(lines).toEqual([]);
  });

  test.skipIf(!uvOnPath)('gets the versions of its lock file, even outdated ones', async () => {
    const { project, wheels, env, resolve } = projectHome(uvOnPath);
    const old = ['--upgrade-package', 'beta==0.1', '--no-index', '--find-links', wheels];
    await run(uvOnPath!, ['lock', ...old], { cwd: project, env });
    const { launch } = await resolve();
    expect(launch.resolvedDependencies).toEqual(['beta==0.1']);
    expect(readdirSync(project).sort()).toEqual(['pyproject.toml', 'scripts', 'uv.lock']);
  });

  test.skipIf(!uvOnPath)('gets another environment when it changes', async () => {
    const { project, resolve } = projectHome(uvOnPath);
    const before = await resolve();
    appendFileSync(
      join(project, 'pyproject.toml'),
      '[tool.uv]\nconstraint-dependencies = ["beta<0.2"]\n',
    );
    const after = await resolve();
    expect(after.launch.interpreter).not.toBe(before.launch.interpreter);
  });

  test('is skipped when asked for', async () => {
    const { resolve } = projectHome(null);
    expect((await resolve(true)).launch.source).toBe('default-interpreter');
  });

  test('without uv is an error that says what to install', async () => {
    const { resolve } = projectHome(null);
    await expect(resolve()).rejects.toThrow(/project needs uv.*Install it/s);
  });

  test('with a broken pyproject.toml is an error that names the file', async () => {
    const { project, resolve } = projectHome(null);
    writeFileSync(join(project, 'pyproject.toml'), '[project\n');
    await expect(resolve()).rejects.toThrow(`${project}/pyproject.toml cannot be read as TOML`);
  });

  test('is no project when pyproject.toml only configures tools', async () => {
    const { project, resolve } = projectHome(null);
    writeFileSync(join(project, 'pyproject.toml'), '[tool.black]\nline-length = 88\n');
    expect((await resolve()).launch.source).toBe('default-interpreter');
  });
});
