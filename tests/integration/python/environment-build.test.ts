import { execFile, spawn } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, test, vi } from 'vitest';
import { resolveEnvironment } from '../../../src/python/resolve-environment.ts';
import { runRequest, scratchFolder, testContext } from '../../support/environment-context.ts';
import { envWithoutUv, fakeUv, installers } from '../../support/installers.ts';
import { offlineHome, resolver, type OfflineHome } from '../../support/offline-home.ts';

const run = promisify(execFile);
const SECOND_SERVER = join(import.meta.dirname, '../../support/resolve-many.ts');

async function output(python: string, script: string): Promise<string> {
  return (await run(python, [script])).stdout.trim();
}

const published = ({ home }: OfflineHome) =>
  existsSync(join(home, 'envs'))
    ? readdirSync(join(home, 'envs')).filter((key) =>
        existsSync(join(home, 'envs', key, 'environment.json')),
      )
    : [];

describe.each(installers)('built by $installer', ({ uvPath, available }) => {
  test.skipIf(!available)(
    'a script runs with what it asked for, and nothing is built twice',
    async () => {
      const home = offlineHome(uvPath);
      const first = resolver(home);
      const { launch, env } = await first.resolve(['alpha-one']);
      expect(launch).toMatchObject({
        source: 'explicit-dependencies',
        strategy: uvPath ? 'uv-run' : 'system-python',
        resolvedDependencies: ['alpha-one==1.2', 'beta==0.2'],
      });
      expect(first.lines.join('\n')).toContain('Building an environment: alpha-one');
      expect(await output(launch.interpreter, home.script)).toBe('1.2 0.2');
      expect(env['VIRTUAL_ENV']).toBe(join(launch.interpreter, '../..'));

      const second = resolver(home);
      const { builtNow, ...same } = launch;
      expect(builtNow).toBe(true);
      expect((await second.resolve([' Alpha_One'])).launch).toEqual(same);
      expect(second.lines).toEqual([]);
    },
  );

  test.skipIf(!available)('two sets at the same time do not mix', async () => {
    const home = offlineHome(uvPath);
    const { resolve } = resolver(home);
    const [one, two] = await Promise.all([
      resolve(['alpha-one==1.1']),
      resolve(['alpha-one', 'beta==0.2']),
    ]);
    expect(await output(one.command[0], home.script)).toBe('1.1 0.1');
    expect(await output(two.command[0], home.script)).toBe('1.2 0.2');
  });

  test.skipIf(!available).each([
    ['a package that does not exist', ['requestz-nowhere'], 'requestz-nowhere'],
    ['a version that does not exist', ['beta==9'], 'beta==9'],
    ['requirements that conflict', ['alpha-one==1.1', 'beta==0.2'], 'beta'],
    ['a package for another Python', ['future'], /3\.77/],
  ])('%s: the installer explains, nothing is published', async (_what, dependencies, words) => {
    const home = offlineHome(uvPath);
    const failing = resolver(home).resolve(dependencies);
    await expect(failing).rejects.toMatchObject({ code: 'environment_failed' });
    await expect(failing).rejects.toThrow(words);
    await expect(failing).rejects.toThrow('find_links');
    expect(published(home)).toEqual([]);
  });

  test.skipIf(!available)(
    'a script that installs into its environment changes it for itself only',
    async () => {
      const home = offlineHome(uvPath);
      const { resolve, lines } = resolver(home);
      const first = await resolve(['beta']);
      const packages = 'import sysconfig; print(sysconfig.get_paths()["purelib"])';
      const { stdout } = await run(first.command[0], ['-c', packages]);
      const folder = stdout.trim();
      expect(statSync(folder).mode & 0o222).toBe(0);
      const pip = run(first.command[0], ['-m', 'pip', 'install', 'x']);
      await expect(pip).rejects.toThrow('No module named pip');
      writeFileSync(join(home.home, 'poison.py'), POISON);
      await run(first.command[0], [join(home.home, 'poison.py'), folder]);

      const next = await resolve(['beta']);
      expect(lines.join('\n')).toContain('was changed by a script');
      expect(next.command[0]).not.toBe(first.command[0]);
      await expect(run(next.command[0], ['-c', 'import evil'])).rejects.toThrow('evil');
      expect(existsSync(first.command[0])).toBe(true); // the first job may still be running
    },
  );

  test.skipIf(!available)('imports leave an environment as it was published', async () => {
    const home = offlineHome(uvPath);
    const { resolve, lines } = resolver(home);
    const { command } = await resolve(['alpha-one']);
    const env = { ...process.env, PYTHONDONTWRITEBYTECODE: undefined };
    await run(command[0], [home.script], { env });
    lines.length = 0;
    expect((await resolve(['alpha-one'])).command).toEqual(command);
    expect(lines).toEqual([]);
  });
});

/** What `pip install --target` would do, as root or with the folder made writable. */
const POISON = `
import os, sys
folder = sys.argv[1]
os.chmod(folder, 0o755)
os.mkdir(os.path.join(folder, 'evil'))
open(os.path.join(folder, 'evil', '__init__.py'), 'w').close()
`;

test.each([
  '--index-url=http://evil.example',
  '-r /etc/passwd',
  'git+file:///tmp/x',
  'a; touch x',
  './local',
  'a @ https://example.com/a.whl',
])('%s is refused before anything is started or written', async (requirement) => {
  const home = scratchFolder();
  const script = { path: join(home, 'missing.py') };
  const request = runRequest(home, { environment: { dependencies: ['fine', requirement] } });
  const refused = resolveEnvironment(request, script, testContext(home));
  await expect(refused).rejects.toMatchObject({ code: 'invalid_request' });
  await expect(refused).rejects.toThrow(JSON.stringify(requirement));
  expect(readdirSync(home)).toEqual([]);
});

test('20 first runs in two servers: one build, 20 results', async () => {
  const home = offlineHome();
  const request = runRequest(home.home, { environment: { dependencies: ['alpha-one'] } });
  const order = JSON.stringify({ ...home, request, count: 10 });
  const server = () => run(process.execPath, [SECOND_SERVER, order], { env: envWithoutUv() });
  const replies = await Promise.all([server(), server()]);
  const both = replies.map(({ stdout }) => JSON.parse(stdout) as Reply);
  const interpreters = both.flatMap((reply) => reply.interpreters);
  expect(interpreters).toHaveLength(20);
  expect(new Set(interpreters).size).toBe(1);
  const builders = both.filter(({ lines }) => lines.some((line) => line.startsWith('Building')));
  expect(builders).toHaveLength(1);
  expect(await output(interpreters[0]!, home.script)).toBe('1.2 0.2');
});

interface Reply {
  interpreters: string[];
  lines: string[];
}

test('a builder killed in the middle leaves nothing that is used, and the next one builds', async () => {
  const home = offlineHome();
  const uvPath = fakeUv(home.home, 'for last; do :; done; mkdir -p "$last/bin"; exec sleep 20');
  const request = runRequest(home.home, { environment: { dependencies: ['beta'] } });
  const config = { ...home.config, uvPath };
  const order = JSON.stringify({ ...home, config, request, count: 1 });
  const server = spawn(process.execPath, [SECOND_SERVER, order], {
    stdio: 'ignore',
    env: envWithoutUv(),
  });
  const folder = await vi.waitFor(() => halfBuilt(home), { timeout: 20_000 });
  server.kill('SIGKILL');
  await new Promise((resolve) => server.once('exit', resolve));

  const { resolve } = resolver(home);
  const { command } = await resolve(['beta']);
  expect((await run(command[0], ['-c', 'import beta; print(beta.VERSION)'])).stdout).toBe('0.2\n');
  expect(command[0].startsWith(folder)).toBe(false);
  expect(existsSync(folder)).toBe(false);
});

/** The folder a builder is filling. */
function halfBuilt({ home }: OfflineHome): string {
  const [key] = readdirSync(join(home, 'envs'));
  const folder = join(home, 'envs', key!);
  const [build] = readdirSync(folder).filter((name) => name.startsWith('env-'));
  if (!build) throw new Error('no build has begun');
  return join(folder, build);
}

describe('inline metadata', () => {
  function scriptHome(...lines: string[]) {
    const home = offlineHome();
    const head = ['# /// script', ...lines.map((line) => `# ${line}`), '# ///'].join('\n');
    writeFileSync(home.script, `${head}\nimport beta\nprint(beta.VERSION)\n`);
    return home;
  }

  test('is obeyed, together with explicit dependencies', async () => {
    const home = scriptHome('dependencies = ["beta==0.1"]');
    const { resolve } = resolver(home);
    const alone = await resolve([]);
    expect(alone.launch.source).toBe('inline-metadata');
    expect(await output(alone.command[0], home.script)).toBe('0.1');
    const { launch } = await resolve(['alpha-one']);
    expect(launch.source).toBe('explicit-dependencies');
    expect(launch.resolvedDependencies).toEqual(['alpha-one==1.2', 'beta==0.1']);
  });

  test('an edited script gets what it now asks for', async () => {
    const home = scriptHome('dependencies = ["beta==0.1"]');
    const { resolve } = resolver(home);
    await resolve([]);
    writeFileSync(home.script, readFileSync(home.script, 'utf8').replace('0.1', '0.2'));
    expect((await resolve([])).launch.resolvedDependencies).toEqual(['beta==0.2']);
  });

  test('a requires-python nobody can satisfy is an interpreter that is not there', async () => {
    const { resolve } = resolver(scriptHome('requires-python = ">=3.77"'));
    await expect(resolve([])).rejects.toMatchObject({ code: 'interpreter_unavailable' });
  });

  test('python_version has to agree with requires-python', async () => {
    const home = scriptHome('requires-python = ">=3.77"');
    const { resolve } = resolver(home);
    const { launch } = await resolver(offlineHome()).resolve([]);
    const pythonVersion = launch.pythonVersion.split('.').slice(0, 2).join('.');
    const disagreeing = resolve([], undefined, { pythonVersion });
    await expect(disagreeing).rejects.toThrow('does not satisfy requires-python ">=3.77"');
  });
});

test('a folder that is no environment any more is built again', async () => {
  const home = offlineHome();
  const { resolve } = resolver(home);
  const first = await resolve(['beta']);
  rmSync(join(first.command[0], '../..'), { recursive: true });
  const next = await resolve(['beta']);
  expect(existsSync(next.command[0])).toBe(true);
});
