/** The list of jobs: what fits a screen, what is found, and what jobs are called. */
import { stripVTControlCharacters } from 'node:util';
import { describe, expect, it } from 'vitest';
import { type CommandLine, commandLine } from './command-line.ts';

async function finished(cli: CommandLine, code: string, ...options: string[]): Promise<string> {
  const { out } = await cli.run('run', '--json', ...options, '-c', code);
  return JSON.parse(out).job_id as string;
}

const LONG = 'a label that is much longer than a column of any terminal can ever be';

describe('jobs on a terminal', () => {
  it.each([80, 120])(
    'takes no more than its %d columns, and says why a job failed',
    async (columns) => {
      const cli = commandLine();
      cli.screen.columns = columns;
      await finished(cli, `raise KeyError("${'k'.repeat(100)}")`, '--label', LONG);
      const other = await finished(cli, 'raise SystemExit(4)', '--label', 'short');
      await finished(cli, 'pass', '--label', '日本語'.repeat(20));
      const { out } = await cli.onTerminal('jobs');
      const lines = stripVTControlCharacters(out).split('\r\n').slice(0, -1);
      expect(lines).toHaveLength(4);
      for (const line of lines) expect(line.length).toBeLessThanOrEqual(columns);
      expect(lines[0]).toMatch(
        columns < 100 ? /^ID +STATUS +CREATED +TIME +LABEL +ABOUT$/ : /CLIENT +LABEL +ABOUT$/,
      );
      expect(lines[2]).toMatch(new RegExp(`^${other} .* short +exit 4$`));
      expect(lines[3]).toMatch(/ a label that is .*… +KeyError: 'k+…$/);
    },
  );

  it('--watch shows how a job goes on, until Ctrl-C', async () => {
    const cli = commandLine();
    const code = 'import time\nprint("step 5/20", flush=True)\ntime.sleep(300)';
    const id = (await cli.run('run', '-d', '--label', 'long one', '-c', code)).out.trim();
    const watching = cli.typing('jobs', '--watch');
    await watching.sees('25 %');
    await watching.sees('1 running');
    await cli.run('cancel', '--grace', '0', id);
    await watching.sees('1 cancelled');
    watching.child.stdin?.write('\x03');
    expect((await watching.ended).code).toBe(130);
    expect((await cli.run('jobs', '--watch')).err).toContain('--watch: it needs a terminal.');
  });
});

describe('jobs', () => {
  it('finds by label and age, and prints ids alone', async () => {
    const cli = commandLine();
    const one = await finished(cli, 'pass', '--label', 'train 1');
    const other = await finished(cli, 'pass', '--label', 'other');
    const ids = async (...options: string[]): Promise<string[]> =>
      (await cli.run('jobs', '-q', ...options)).out.split('\n').slice(0, -1);
    expect(await ids()).toEqual([other, one]);
    expect(await ids('--label', 'Train')).toEqual([one]);
    expect(await ids('--since', '1h')).toEqual([other, one]);
    expect(await ids('--since', '0')).toEqual([]);
    expect((await cli.run('jobs', '--since', 'soon')).err).toContain('--since: "soon" is not an');
  });
});

it('a job is known by its place and by a label of its own', async () => {
  const cli = commandLine();
  expect((await cli.run('show', 'last')).err).toContain('There are no jobs yet.');
  const first = await finished(cli, 'pass', '--label', 'twice');
  const second = await finished(cli, 'pass', '--label', 'twice');
  const third = await finished(cli, 'pass', '--label', 'train.py');
  const idOf = async (word: string): Promise<string> =>
    JSON.parse((await cli.run('show', '--json', word)).out).id as string;
  expect(await idOf('last')).toBe(third);
  expect(await idOf('@1')).toBe(third);
  expect(await idOf('@3')).toBe(first);
  expect(await idOf('Train.py')).toBe(third);
  expect(await idOf(second)).toBe(second);
  const refused = await cli.run('show', 'twice');
  expect(refused.code).toBe(2);
  expect(refused.err).toContain(
    `"twice" is the label of 2 jobs, the newest first: ${second}, ${first}.`,
  );
  expect((await cli.run('show', '@4')).err).toContain('There are 3.');
  expect((await cli.run('wait', 'last', 'train.py')).out.split('\n')).toHaveLength(3);
});
