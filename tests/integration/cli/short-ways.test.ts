/** What people type who know other tools: short names, last lines, searching, running again, removing. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type CommandLine, commandLine } from './command-line.ts';

async function finished(cli: CommandLine, code: string, ...options: string[]): Promise<string> {
  const { out } = await cli.run('run', '--json', ...options, '-c', code);
  return JSON.parse(out).job_id as string;
}

const BOTH = [
  'import sys',
  'for i in range(9000):',
  '    print("out", i, file=sys.stderr if i % 3 == 0 else sys.stdout)',
].join('\n');

describe('logs', () => {
  it('-n gives the last lines, of both streams together or of one', async () => {
    const cli = commandLine();
    await finished(cli, BOTH);
    expect(await cli.run('logs', 'last', '-n', '3')).toMatchObject({
      out: 'out 8998\nout 8999\n',
      err: 'out 8997\n',
      code: 0,
    });
    const { out } = await cli.run('logs', 'last', '--stream', 'stderr', '-n', '2000');
    expect(out.split('\n')).toHaveLength(2001);
    expect(out.startsWith('out 3000\n')).toBe(true);
    expect((await cli.run('logs', 'last', '-n', '40000', '--stream', 'stdout')).out).toMatch(
      /^out 1\n/,
    );
  });

  it('-n goes with what else says how to read', async () => {
    const cli = commandLine();
    await finished(cli, 'for i in range(9): print("out", i)');
    expect((await cli.run('logs', 'last', '-n', '0')).out).toBe('');
    expect((await cli.run('attach', 'last', '-n', '1')).out).toBe('out 8\n');
    const page = JSON.parse((await cli.run('logs', 'last', '-n', '1', '--json')).out);
    expect(page.stdout).toBe('out 8\n');
    expect((await cli.run('logs', 'last', '-n', '1', '--tail', '10')).err).toContain(
      '--lines: it cannot be combined with --tail.',
    );
  });

  it('-n counts a line that has no end yet', async () => {
    const cli = commandLine();
    await finished(cli, 'print("one\\ntwo\\nthree", end="")');
    expect((await cli.run('logs', 'last', '-n', '2')).out).toBe('two\nthree');
  });
});

it('grep finds lines of both streams, each once, and exits as grep does', async () => {
  const cli = commandLine();
  const id = await finished(
    cli,
    'import sys\nprint("a.b a.b\\naxb")\nprint("A.B", file=sys.stderr)',
  );
  expect(await cli.run('grep', 'a.b', id)).toMatchObject({ out: 'a.b a.b\n', code: 0 });
  expect((await cli.run('grep', '-E', 'a.b')).out).toBe('a.b a.b\naxb\n');
  expect((await cli.run('grep', '-i', 'a.b')).out).toBe('a.b a.b\nA.B\n');
  expect(await cli.run('grep', 'nowhere')).toMatchObject({ out: '', code: 1 });
});

it('rerun runs a job once more, and asks for what was never stored', async () => {
  const cli = commandLine();
  const path = cli.script(
    'args.py',
    'import os, sys',
    'print(sys.argv[1:], os.environ.get("KEY"))',
  );
  await cli.run('run', '--label', 'named', path, 'one', '-l');
  expect(await cli.run('rerun')).toMatchObject({ out: "['one', '-l'] None\n", code: 0 });
  expect(JSON.parse((await cli.run('show', '--json', 'last')).out)).toMatchObject({
    label: 'named',
    tool: 'rerun',
  });
  await cli.run('run', '--env', 'KEY=secret', path);
  const refused = await cli.run('rerun', 'last');
  expect(refused.code).toBe(2);
  expect(refused.err).toContain(
    '--env: the job had KEY, whose values are never stored. Pass them again in --env.',
  );
  expect((await cli.run('rerun', 'last', '-e', 'KEY=again')).out).toBe('[] again\n');
});

it('rm removes what is named, kill --all ends what runs', async () => {
  const cli = commandLine();
  const first = await finished(cli, 'pass');
  const second = await finished(cli, 'pass');
  const running = (await cli.run('run', '-d', '-c', 'import time; time.sleep(300)')).out.trim();
  expect((await cli.run('rm', first, 'nothing')).code).toBe(2);
  expect(cli.jobIds()).toHaveLength(3);
  expect((await cli.run('rm', 'last')).err).toContain('has not ended');
  expect((await cli.run('rm', first)).out).toBe(`${first}\n`);
  expect(cli.jobIds()).toEqual([second, running].sort());
  expect((await cli.run('kill')).code).toBe(2);
  expect((await cli.run('kill', running, '--all')).code).toBe(2);
  const { out } = await cli.run('kill', '--all', '--grace', '0');
  expect(out).toMatch(new RegExp(`^${running}  cancelled .*\\n$`));
  expect(await cli.processes()).toEqual([]);
});

it('artifacts --all copies every file under its name', async () => {
  const cli = commandLine();
  const code = [
    'import os, pathlib',
    'to = pathlib.Path(os.environ["PYTHON_MCP_ARTIFACTS"])',
    '(to / "b.txt").write_text("b")',
    '(to / "deep").mkdir()',
    '(to / "deep" / "a.csv").write_text("1,2")',
  ].join('\n');
  await finished(cli, code);
  const folder = join(cli.work, 'copies');
  const { out } = await cli.run('artifacts', 'last', '--all', folder);
  expect(out).toBe(`${join(folder, 'b.txt')}\n${join(folder, 'deep/a.csv')}\n`);
  expect(readFileSync(join(folder, 'deep/a.csv'), 'utf8')).toBe('1,2');
  expect((await cli.run('show', 'last')).out).toMatch(
    /^files +b\.txt \(1 B\), deep\/a\.csv \(3 B\)$/m,
  );
  expect((await cli.run('artifacts', 'last', 'b.txt', '--all', folder)).code).toBe(2);
  await finished(cli, 'pass');
  expect((await cli.run('artifacts', 'last', '--all', join(cli.work, 'none'))).err).toContain(
    'left no files',
  );
  expect(existsSync(join(cli.work, 'none'))).toBe(false);
});

it('help is a command, and groups list what they have', async () => {
  const cli = commandLine();
  expect((await cli.run('help', 'run')).out).toMatch(/^Usage: python-mcp run /);
  expect((await cli.run('ps')).err).toBe('There are no jobs.\n');
  expect((await cli.run('scripts')).err).toBe('There are no saved scripts yet.\n');
  expect((await cli.run('envs', '--json')).out).toBe('[]\n');
});

it('show and run say how long a script usually takes', async () => {
  const cli = commandLine();
  const path = cli.script('known.py', 'import sys, time', 'time.sleep(float(sys.argv[1]))');
  await cli.run('run', path, '0');
  const { out } = await cli.onTerminal('run', path, '2');
  expect(out).toMatch(/running \d\.\d s · usually \d\.\d s/);
  const id = (await cli.run('run', '-d', path, '300')).out.trim();
  expect((await cli.run('show', id)).out).toMatch(/^usually +\d\.\d s$/m);
  expect((await cli.run('show', '@2')).out).not.toMatch(/^usually/m);
});
