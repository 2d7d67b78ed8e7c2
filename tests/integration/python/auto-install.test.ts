import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';
import type { EnvironmentConfig } from '../../../src/python/context/context.ts';
import { resolveEnvironment } from '../../../src/python/resolve-environment.ts';
import { scanImports } from '../../../src/python/imports/import-scan.ts';
import { runRequest, testContext } from '../../support/environment-context.ts';
import { envWithoutUv } from '../../support/installers.ts';
import { offlineHome } from '../../support/offline-home.ts';
import { PYTHON } from '../../support/test-home.ts';
import { writeWheel } from '../../support/wheel.ts';

const run = promisify(execFile);

/** Stand-ins for well-known packages, and a bare virtual environment as the default interpreter. */
async function autoHome(source: string, more: Partial<EnvironmentConfig> = {}) {
  const home = offlineHome();
  writeWheel(home.wheels, { name: 'PyYAML', version: '6.0', module: 'yaml' });
  writeWheel(home.wheels, { name: 'beautifulsoup4', version: '4.1', module: 'bs4' });
  writeWheel(home.wheels, { name: 'pillow', version: '11.0', module: 'PIL' });
  writeWheel(home.wheels, { name: 'requestz', version: '1.0' });
  writeFileSync(home.script, source);
  const bare = join(home.home, 'bare');
  await run(PYTHON, ['-m', 'venv', '--without-pip', bare]);
  const config = { ...home.config, pythonPath: join(bare, 'bin/python'), ...more };
  const context = testContext(home.home, config, { ...envWithoutUv(), PYTHONPATH: undefined });
  const resolve = (dependencies: string[] = [], beside?: string) =>
    resolveEnvironment(
      runRequest(home.home, { environment: { dependencies, autoInstall: true } }),
      { path: home.script, beside },
      context,
    );
  return { ...home, bare, resolve, lines: context.lines };
}

async function importsIn(python: string, modules: string): Promise<void> {
  await run(python, ['-c', `import ${modules}`]);
}

describe('installing what a script imports', () => {
  test('well-known packages come by the name they are imported by, wherever the import stands', async () => {
    const source =
      'import yaml\ndef f():\n    import bs4\ntry:\n    from PIL import Image\nexcept ImportError:\n    pass\n';
    const { resolve, lines } = await autoHome(source);
    const { launch, command } = await resolve();
    expect(launch.source).toBe('detected-imports');
    expect(launch.resolvedDependencies).toEqual([
      'beautifulsoup4==4.1',
      'pillow==11.0',
      'pyyaml==6.0',
    ]);
    expect(launch.notes.join()).toContain('beautifulsoup4, pillow, pyyaml');
    await importsIn(command[0], 'yaml, bs4, PIL');
    lines.length = 0;
    const { builtNow, ...same } = launch;
    expect(builtNow).toBe(true);
    expect((await resolve()).launch).toEqual({ ...same, notes: [] }); // no news: nothing was installed
    expect(lines).toEqual([]);
  });

  test('of two scripts that run in one environment both get what they import', async () => {
    for (const [source, other] of [
      ['import yaml\n', 'import bs4\n'],
      ['pass\n', 'import bs4\n'],
    ] as const) {
      const { resolve, home } = await autoHome(source);
      const beside = join(home, 'beside.py');
      writeFileSync(beside, other);
      const { command } = await resolve([], beside);
      await importsIn(command[0], source.includes('yaml') ? 'yaml, bs4' : 'bs4');
    }
  });

  test('an invented name is not installed, even where the index has it, and the notes say so', async () => {
    const { resolve, lines } = await autoHome('import requestz\n');
    const { launch } = await resolve();
    expect(launch.source).toBe('default-interpreter');
    expect(launch.notes.join()).toMatch(/import requestz: not installed.*as a dependency/);
    expect(lines).toEqual([]);
    const explicit = await resolve(['requestz']);
    await importsIn(explicit.command[0], 'requestz');
    expect(explicit.launch.notes).toEqual([]);
  });

  test('modules beside the script, relative imports and type hints are no packages', async () => {
    const source =
      'import yaml, bs4\nfrom . import PIL\nfrom typing import TYPE_CHECKING\n' +
      'if TYPE_CHECKING:\n    import pandas\n';
    const { home, resolve } = await autoHome(source);
    writeFileSync(join(home, 'yaml.py'), '');
    mkdirSync(join(home, 'bs4'));
    const { launch } = await resolve();
    expect(launch).toMatchObject({ source: 'default-interpreter', notes: [] });
  });

  test('what the environment has is neither installed again nor lost', async () => {
    const { bare, resolve } = await autoHome('import yaml, already_here\n');
    const { stdout } = await run(join(bare, 'bin/python'), [
      '-c',
      'import sysconfig; print(sysconfig.get_paths()["purelib"])',
    ]);
    writeFileSync(join(stdout.trim(), 'already_here.py'), 'X = 1\n');
    const { launch, command } = await resolve();
    expect(launch.resolvedDependencies).toEqual(['pyyaml==6.0']);
    await importsIn(command[0], 'yaml, already_here');
  });

  test('a package installed by hand between two runs is seen', async () => {
    const { bare, resolve } = await autoHome('import mystery_module\n');
    expect((await resolve()).launch.notes).toHaveLength(1);
    const { stdout } = await run(join(bare, 'bin/python'), [
      '-c',
      'import sysconfig; print(sysconfig.get_paths()["purelib"])',
    ]);
    writeFileSync(join(stdout.trim(), 'mystery_module.py'), '');
    expect((await resolve()).launch.notes.join()).toMatch(/^mystery_module: taken from /);
  });

  test('named and detected packages are resolved together', async () => {
    const { resolve } = await autoHome('import yaml, beta\n');
    const { launch } = await resolve(['beta<0.2']);
    expect(launch.source).toBe('explicit-dependencies');
    expect(launch.resolvedDependencies).toEqual(['beta==0.1', 'pyyaml==6.0']);
  });

  test('a package that cannot be installed leaves the script to its own devices', async () => {
    const { resolve } = await autoHome('try:\n    import numpy\nexcept ImportError:\n    pass\n');
    const first = await resolve();
    expect(first.launch.source).toBe('default-interpreter');
    expect(first.launch.notes.join()).toMatch(/runs without numpy.*installing failed/s);
    expect((await resolve()).launch.notes.join()).toContain('a moment ago');
  });

  test('a script of standard modules is not given to Python to look at', async () => {
    const { home, script, resolve } = await autoHome('import os, json\nfrom pathlib import Path\n');
    expect((await resolve()).launch.notes).toEqual([]);
    expect(existsSync(join(home, 'meta/imports'))).toBe(false);
    writeFileSync(script, 'import os, bs4_or_so\n');
    await resolve();
    expect(existsSync(join(home, 'meta/imports'))).toBe(true);
  });

  test('a script with a syntax error is left to fail by itself', async () => {
    const { resolve } = await autoHome('import yaml\nthis is no Python\n');
    expect((await resolve()).launch.notes).toEqual([]);
  });
});

test('the quick look sees every import that Python sees in its own library', async () => {
  const { stdout } = await run(PYTHON, ['-c', LIBRARY_IMPORTS], { maxBuffer: 64 * 1024 ** 2 });
  const files = JSON.parse(stdout) as { text: string; names: string[] }[];
  expect(files.length).toBeGreaterThan(150);
  const overlooked = files.flatMap(({ text, names }) => {
    const seen = scanImports(text);
    return seen ? names.filter((name) => !seen.has(name)) : [];
  });
  expect(overlooked).toEqual([]);
  expect(files.filter(({ text }) => scanImports(text) === null).length).toBeLessThan(60);
}, 120_000);

const LIBRARY_IMPORTS = `
import ast, glob, json, os
found = []
for path in sorted(glob.glob(os.path.join(os.path.dirname(os.__file__), '*.py'))):
    text = open(path, encoding='utf-8', errors='replace').read()
    names = set()
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Import):
            names.update(alias.name.partition('.')[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and not node.level:
            names.add(node.module.partition('.')[0])
    found.append({'text': text, 'names': sorted(names)})
print(json.dumps(found))
`;

describe("modules of the project's own", () => {
  test('bring what they import, also through others and by relative imports', async () => {
    const { home, resolve } = await autoHome('import helpers\nfrom shop.cart import total\n');
    writeFileSync(join(home, 'helpers.py'), 'import yaml\n');
    mkdirSync(join(home, 'shop'));
    writeFileSync(join(home, 'shop/__init__.py'), '');
    writeFileSync(join(home, 'shop/cart.py'), 'from . import prices\ntotal = 1\n');
    writeFileSync(join(home, 'shop/prices.py'), 'from PIL import Image\nfrom ..outside import x\n');
    const { launch } = await resolve();
    expect(launch.resolvedDependencies).toEqual(['pillow==11.0', 'pyyaml==6.0']);
  });

  test('are looked at again when they change', async () => {
    const { home, resolve } = await autoHome('import helpers\n');
    writeFileSync(join(home, 'helpers.py'), 'VALUE = 1\n');
    expect((await resolve()).launch.source).toBe('default-interpreter');
    writeFileSync(join(home, 'helpers.py'), 'import yaml\nVALUE = 1\n');
    expect((await resolve()).launch.resolvedDependencies).toEqual(['pyyaml==6.0']);
  });
});

test('packages of the system interpreter are named, those of an environment of ours are not', async () => {
  const { bare, resolve } = await autoHome('import own_of_system, json\n');
  const [version] = readdirSync(join(bare, 'lib'));
  const packages = join(bare, 'lib', version!, 'site-packages');
  writeFileSync(join(packages, 'own_of_system.py'), '');
  const note = `own_of_system: taken from ${join(bare, 'bin/python')}; name them as dependencies`;
  expect((await resolve()).launch.notes.join()).toContain(note);
  expect((await resolve(['beta'])).launch.notes.join()).not.toContain('taken from');
});

describe('a requirements.txt beside the script', () => {
  const LISTED = '# ours\nBeta == 0.1  # old\n-r other.txt\npyyaml==6.0 --hash=sha256:0\n';

  test('says which versions are used, and is named', async () => {
    const { home, resolve } = await autoHome('import beta, yaml\nfrom PIL import Image\n');
    writeFileSync(join(home, 'requirements.txt'), LISTED);
    const { launch, command } = await resolve();
    expect(launch.source).toBe('requirements-file');
    expect(launch.resolvedDependencies).toEqual(['beta==0.1', 'pillow==11.0', 'pyyaml==6.0']);
    expect(launch.notes).toEqual([
      `The packages are those of ${join(home, 'requirements.txt')} without: -r other.txt.`,
    ]);
    await importsIn(command[0], 'beta, yaml, PIL');
  });

  test('is left alone by scripts that need none, and by those that say themselves what they need', async () => {
    const { home, script, resolve } = await autoHome('import json\n');
    writeFileSync(join(home, 'requirements.txt'), LISTED);
    expect((await resolve()).launch.source).toBe('default-interpreter');
    writeFileSync(script, 'import beta\n');
    expect((await resolve(['beta'])).launch.resolvedDependencies).toEqual(['beta==0.2']);
  });

  test('that cannot be installed is a note, and the script runs as without it', async () => {
    const { home, resolve } = await autoHome('import yaml\n');
    writeFileSync(join(home, 'requirements.txt'), 'nowhere-to-be-found\n');
    const { launch } = await resolve();
    expect(launch.resolvedDependencies).toEqual(['pyyaml==6.0']);
    expect(launch.notes.join()).toMatch(/requirements\.txt is not used, .*nowhere-to-be-found/);
  });
});
