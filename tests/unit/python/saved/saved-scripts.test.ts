import { readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import {
  findSavedScript,
  listSavedScripts,
  saveScript,
  type SaveRequest,
} from '../../../../src/python/saved/saved-scripts.ts';
import { scratchFolder } from '../../../support/environment-context.ts';

let folder = '';
beforeEach(() => {
  folder = join(scratchFolder(), 'scripts');
});

const save = (change: Partial<SaveRequest> = {}) =>
  saveScript(folder, {
    name: 'report',
    source: 'print(1)\n',
    dependencies: [],
    requiresPython: null,
    overwrite: false,
    ...change,
  });

describe('saving', () => {
  test('writes the source for its owner only, and it is found again', async () => {
    const { path } = await save();
    expect(path).toBe(join(folder, 'report.py'));
    expect(readFileSync(path, 'utf8')).toBe('print(1)\n');
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(statSync(folder).mode & 0o777).toBe(0o700);
    expect(readdirSync(folder)).toEqual(['report.py']);
    expect(await findSavedScript(folder, 'report')).toBe(path);
  });

  test('replaces a script only when asked to', async () => {
    const { path } = await save();
    await expect(save({ source: 'print(2)\n' })).rejects.toThrow('overwrite: true');
    expect(readFileSync(path, 'utf8')).toBe('print(1)\n');
    await save({ source: 'print(2)\n', overwrite: true });
    expect(readFileSync(path, 'utf8')).toBe('print(2)\n');
    expect(readdirSync(folder)).toEqual(['report.py']);
  });

  test('of one new name by many at once succeeds for one', async () => {
    const tries = Array.from({ length: 10 }, (_, index) => save({ source: `print(${index})\n` }));
    const settled = await Promise.allSettled(tries);
    expect(settled.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect(readdirSync(folder)).toEqual(['report.py']);
  });

  test('replaces a link instead of writing through it', async () => {
    const { path } = await save({ name: 'first' });
    symlinkSync(path, join(folder, 'linked.py'));
    await save({ name: 'linked', source: 'print(2)\n', overwrite: true });
    expect(readFileSync(path, 'utf8')).toBe('print(1)\n');
  });

  test('adds metadata below the lines that must come first', async () => {
    const source = '#!/usr/bin/env python3\n# -*- coding: utf-8 -*-\n"""Says hello."""\n';
    const { path } = await save({ source, dependencies: ['B>=1', 'a'], requiresPython: '>=3.9' });
    expect(readFileSync(path, 'utf8')).toBe(
      '#!/usr/bin/env python3\n# -*- coding: utf-8 -*-\n# /// script\n# requires-python = ">=3.9"\n' +
        '# dependencies = [\n#   "a",\n#   "b>=1",\n# ]\n# ///\n"""Says hello."""\n',
    );
    const [script] = await listSavedScripts(folder);
    expect(script).toMatchObject({
      name: 'report',
      description: 'Says hello.',
      dependencies: ['a', 'b>=1'],
      requiresPython: '>=3.9',
      problem: null,
    });
  });

  test("merges what is asked for into a script's own metadata", async () => {
    const source =
      '"""Hello."""\n# /// script\n# requires-python = ">=3.9"\n# dependencies = [\n#   "own", # kept\n' +
      '#   "both<2",\n# ]\n#\n# [tool.uv]\n# exclude-newer = "2026-01-01T00:00:00Z"\n# ///\nimport own\n';
    const { path } = await save({ source, dependencies: ['other', 'both>=2'] });
    const written = readFileSync(path, 'utf8');
    expect(written).toMatch(/^"""Hello\."""\n# \/\/\/ script\n[^]*\n# \/\/\/\nimport own\n$/);
    expect(written).toContain('# [tool.uv]\n# exclude-newer = "2026-01-01T00:00:00Z"\n');
    const [script] = await listSavedScripts(folder);
    expect(script?.dependencies.toSorted()).toEqual(['both>=2', 'other', 'own']);
    expect(script).toMatchObject({ requiresPython: '>=3.9', problem: null });
  });

  test('leaves its own metadata alone unless asked, and adds what it lacks', async () => {
    const source = '# /// script\n# [tool.other]\n# a = 1\n# ///\n';
    const { path } = await save({ source });
    expect(readFileSync(path, 'utf8')).toBe(source);
    await save({ source, dependencies: ['a'], requiresPython: '>=3.8', overwrite: true });
    const [script] = await listSavedScripts(folder);
    expect(script).toMatchObject({ dependencies: ['a'], requiresPython: '>=3.8', problem: null });
  });

  test.each([
    '',
    '.',
    '..',
    '../evil',
    'a/b',
    'a\\b',
    'a.py',
    'Report',
    '-rf',
    '_x',
    'a b',
    'ä',
    'a\u0000',
    'a'.repeat(64),
    'con',
    'lpt1',
    'json',
    'sitecustomize',
    'python_mcp',
  ])('under the name %j is refused', async (name) => {
    await expect(save({ name })).rejects.toThrow(/^script_name: /);
    await expect(findSavedScript(folder, name)).rejects.toThrow(/^script_name: /);
  });

  test.each([
    ['an empty source', { source: ' \n' }, 'source: it is empty'],
    ['a NUL', { source: 'a\0b' }, 'NUL'],
    ['half a character', { source: '"\ud800"' }, 'Unicode'],
    ['too much', { source: '#'.repeat(1024 ** 2 + 1) }, '1 MiB'],
    ['an option as dependency', { dependencies: ['-r x'] }, 'option of pip'],
    ['a bad version', { requiresPython: '3.x' }, 'requires_python: "3.x"'],
    ['broken metadata', { source: '# /// script\n' }, 'not closed'],
  ])('of %s is refused and leaves nothing', async (_what, change, problem) => {
    await expect(save(change)).rejects.toThrow(problem);
    await expect(listSavedScripts(folder)).resolves.toEqual([]);
  });
});

describe('the list', () => {
  test('is sorted and leaves out what is no saved script', async () => {
    await save({ name: 'b' });
    await save({ name: 'a', source: "# note\n\nr'''\n\n  First line  \nmore\n'''\n" });
    for (const stray of ['notes.txt', 'Upper.py', 'json.py'])
      writeFileSync(join(folder, stray), '');
    const scripts = await listSavedScripts(folder);
    expect(scripts.map(({ name }) => name)).toEqual(['a', 'b']);
    expect(scripts.map(({ description }) => description)).toEqual(['First line', null]);
  });

  test('shows an edited script as it is now, with what is wrong with it', async () => {
    const { path } = await save();
    await listSavedScripts(folder);
    writeFileSync(path, '# /// script\n# dependencies = 3\n# ///\n');
    expect((await listSavedScripts(folder))[0]?.problem).toContain('list of strings');
  });

  test('names what exists when a script is not found', async () => {
    await expect(findSavedScript(folder, 'none')).rejects.toThrow('None is saved yet');
    await save();
    await expect(findSavedScript(folder, 'repotr')).rejects.toThrow('Saved are: report.');
  });
});
