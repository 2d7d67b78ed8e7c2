/** Completion in a real bash, with the jobs that there are. */
import { execFile } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { PROGRAM } from '../../support/test-home.ts';
import { type CommandLine, commandLine } from './command-line.ts';

/** Asks the function of our script, as readline would at a press of Tab. */
async function offered(cli: CommandLine, ...typed: string[]): Promise<string[]> {
  const bin = join(cli.work, 'bin');
  mkdirSync(bin, { recursive: true });
  const program = `#!/bin/sh\nexec '${process.execPath}' '${PROGRAM}' "$@"\n`;
  writeFileSync(join(bin, 'python-mcp'), program, { mode: 0o755 });
  const script = `eval "$(python-mcp completion bash)"
COMP_WORDS=(python-mcp "$@"); COMP_CWORD=$#
_python_mcp
printf '%s\\n' "\${COMPREPLY[@]}"`;
  const env = { ...cli.env, PATH: `${bin}:${cli.env['PATH']}` };
  const options = { env, cwd: cli.work };
  const { stdout } = await promisify(execFile)('bash', ['-c', script, 'bash', ...typed], options);
  return stdout.split('\n').filter((word) => word !== '');
}

it('knows commands, their options and the values of these', async () => {
  const cli = commandLine();
  expect(await offered(cli, 'sc')).toEqual(['scripts']);
  expect(await offered(cli, 'scripts', 's')).toEqual(['show', 'save']);
  expect(await offered(cli, 'run', '--no')).toEqual(['--no-auto-install', '--no-uv']);
  expect(await offered(cli, 'ps', '-s', 'c')).toEqual(['completed', 'cancelled']);
  expect(await offered(cli, 'completion', '')).toEqual(['bash', 'zsh', 'fish']);
  expect(await offered(cli, 'run', 'x.py', '--la')).toEqual([]);
});

it('knows ids, and labels that one job has alone and no shell could misread', async () => {
  const cli = commandLine();
  for (const label of ['twice', 'twice', 'train.py', 'tr $(touch owned)']) {
    await cli.run('run', '--label', label, '-c', 'pass');
  }
  expect(await offered(cli, 'show', 't')).toEqual(['train.py']);
  const [first = '', ...others] = cli.jobIds();
  expect(await offered(cli, 'wait', 'last', first)).toEqual([first]);
  expect(await offered(cli, 'logs', '-f', '')).toEqual([
    'last',
    'train.py',
    ...[first, ...others].toReversed(),
  ]);
});
