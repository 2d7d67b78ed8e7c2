import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { commandLine } from './command-line.ts';

const HEADER = '# /// script\n# requires-python = ">=3.8"\n# dependencies = [\n# ]\n# ///\n';

describe('scripts', () => {
  it('are saved, listed, shown, run and removed by name', async () => {
    const cli = commandLine();
    const none = { code: 0, out: '', err: 'There are no saved scripts yet.\n' };
    expect(await cli.run('scripts', 'list')).toMatchObject(none);
    const file = cli.script('a.py', '"""Counts words."""', 'import sys', 'print(sys.argv[1:])');
    const saved = await cli.run('scripts', 'save', 'count', file, '--requires-python', '>=3.8');
    expect(saved).toMatchObject({ code: 0, out: 'Saved "count".\n' });
    const [header, row] = (await cli.run('scripts', 'list')).out.split('\n');
    expect(header).toMatch(/^NAME +SAVED +PYTHON +PACKAGES +DESCRIPTION$/);
    expect(row).toMatch(/^count +\S+Z +>=3\.8 +- +Counts words\.$/);
    const shown = JSON.parse((await cli.run('scripts', 'show', 'count', '--json')).out);
    const path = join(cli.home, 'scripts', 'count.py');
    expect(shown).toMatchObject({ name: 'count', path, description: 'Counts words.' });
    expect(shown.source.startsWith(`${HEADER}"""Counts words."""\n`)).toBe(true);
    const ran = await cli.run('scripts', 'run', '--json', 'count', 'a', '--b');
    expect(JSON.parse(ran.out)).toMatchObject({ stdout: "['a', '--b']\n", status: 'completed' });
    const [{ label, tool }] = JSON.parse((await cli.run('jobs', '--json')).out).jobs;
    expect({ label, tool }).toEqual({ label: 'count', tool: 'scripts run' });
    expect(await cli.run('scripts', 'remove', 'count')).toMatchObject({
      out: 'Removed "count".\n',
    });
    expect(existsSync(path)).toBe(false);
  });

  it('are replaced only when asked, with what standard input says', async () => {
    const cli = commandLine();
    const save = (source: string, ...more: string[]) =>
      cli.feed(source, 'scripts', 'save', 'one', '-', ...more);
    await save('print(1)\n');
    expect(await save('print(2)\n')).toMatchObject({
      code: 2,
      err: 'python-mcp: NAME: "one" exists. Pass --overwrite to replace it.\n',
    });
    expect(await save('print(3)\n', '--overwrite')).toMatchObject({ code: 0 });
    expect((await cli.run('scripts', 'show', 'one')).out).toBe('print(3)\n');
    expect(await cli.run('scripts', 'run', 'two')).toMatchObject({
      code: 2,
      err: 'python-mcp: NAME: there is no saved script "two". Saved are: one. "python-mcp scripts save" saves one.\n',
    });
  });

  it.each([
    [['save', 'bad.name', 'FILE'], 'NAME: "bad.name" is not a safe name.'],
    [['save', 'good', 'missing.py'], 'FILE: "missing.py" cannot be read (ENOENT).'],
    [['save', 'good', 'FILE', '--with', './x'], '--with: "./x" is a path'],
    [['save', 'good', 'FILE', '--requires-python', 'new'], '--requires-python: "new" is not a'],
    [['remove', '../good'], 'NAME: "../good" is not a safe name.'],
  ])('%j is refused', async (words, sentence) => {
    const cli = commandLine();
    const file = cli.script('a.py', 'pass');
    const args = words.map((word) => (word === 'FILE' ? file : word));
    const { code, out, err } = await cli.run('scripts', ...args);
    expect(err).toContain(`python-mcp: ${sentence}`);
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(existsSync(join(cli.home, 'scripts', 'good.py'))).toBe(false);
  });
});
