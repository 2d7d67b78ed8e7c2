import { execFileSync } from 'node:child_process';
import { readdirSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ALPHA_AND_BETA, onlyWheels } from '../../support/only-wheels.ts';
import { PYTHON } from '../../support/test-home.ts';
import { shareTools } from '../../support/used-home.ts';
import { type CommandLine, commandLine } from './command-line.ts';

const VERSIONS = 'import alpha_one, beta; print(alpha_one.VERSION, beta.VERSION)';

function withWheels(wheels = ALPHA_AND_BETA): CommandLine {
  const cli = commandLine();
  Object.assign(cli.env, onlyWheels(wheels));
  shareTools(cli.home);
  return cli;
}

/** As if every environment had last been used some days ago. */
function ageAll(cli: CommandLine, days: number): void {
  const then = Date.now() / 1000 - days * 86_400;
  for (const key of keysOf(cli)) utimesSync(join(cli.home, 'envs', key), then, then);
}

function keysOf(cli: CommandLine): string[] {
  return readdirSync(join(cli.home, 'envs'));
}

const KEPT = '1 remain: within the limits, in use, or used in the last 10 minutes.';

describe('run --with', () => {
  it('builds an environment once; envs lists it and prunes it, but never in use', async () => {
    const cli = withWheels();
    const first = await cli.run('run', '--with', 'alpha-one<1.2', '--json', '-c', VERSIONS);
    expect(JSON.parse(first.out)).toMatchObject({
      stdout: '1.1 0.1\n',
      resolved_dependencies: ['alpha-one==1.1', 'beta==0.1'],
      environment_source: 'explicit-dependencies',
    });
    const shown = await cli.run('show', JSON.parse(first.out).job_id);
    expect(shown.out).toMatch(/^packages +alpha-one==1\.1 beta==0\.1$/m);
    const waiting = cli.start('run', '-i', '--with', 'alpha-one<1.2', '-c', `${VERSIONS}; input()`);
    await waiting.sees('1.1 0.1');
    const [key = ''] = keysOf(cli);
    expect(keysOf(cli)).toEqual([key]);
    ageAll(cli, 3);
    const listed = await cli.run('envs', 'list');
    expect(listed.out).toMatch(/^KEY +PYTHON +SIZE +LAST USED +CONTENT\n/);
    expect(listed.out).toMatch(new RegExp(`^${key}  3\\.\\S+ .* now .*alpha-one<1\\.2`, 'm'));
    expect((await cli.run('envs', 'prune', '--all')).out).toBe(
      `Removed 0 environments (0 B); ${KEPT}\n`,
    );
    waiting.child.stdin?.end('\n');
    expect(await waiting.ended).toMatchObject({ code: 0 });
    ageAll(cli, 3);
    const dry = await cli.run('envs', 'prune', '--older-than', '2d', '--dry-run', '--json');
    expect(JSON.parse(dry.out)).toMatchObject({ removed: [key], remaining: 0 });
    expect((await cli.run('envs', 'prune')).out).toContain(`; ${KEPT}\n`);
    const pruned = await cli.run('envs', 'prune', '--max-size', '1K');
    expect(pruned.out).toMatch(/^Removed 1 environment \(.*iB\); none remain\.\n$/);
    expect(keysOf(cli)).toEqual([]);
    expect(await cli.run('envs', 'list')).toMatchObject({ out: '', code: 0 });
  });

  it.each([
    [['run', '--with', '-r/etc/passwd', '-c', 'pass'], 'python-mcp: --with: "-r/etc/passwd" is an'],
    [
      ['run', '--no-uv', '--with', 'beta', '-c', 'pass'],
      '--with: ["beta"] cannot be installed with --no-uv.',
    ],
    [['envs', 'prune', '--max-size', 'much'], '--max-size: "much" is not a size. Write it as 500M'],
    [['envs', 'prune', '--older-than', 'long'], '--older-than: "long" is not an age.'],
    [['envs', 'prune', '--all', '--older-than', '1d'], 'cannot be used with option'],
  ])('refuses %j in words of the command line', async (args, sentence) => {
    const cli = withWheels();
    const { code, out, err } = await cli.run(...args);
    expect(err).toContain(sentence);
    expect({ code, out, jobs: cli.jobIds() }).toEqual({ code: 2, out: '', jobs: [] });
  });

  it('installs what a script imports unless told otherwise, and says what it did not', async () => {
    const cli = withWheels([{ name: 'beautifulsoup4', version: '4.1', module: 'bs4' }]);
    const bare = join(cli.work, 'bare');
    execFileSync(PYTHON, ['-m', 'venv', '--without-pip', bare]);
    cli.env['PYTHON_MCP_PYTHON'] = join(bare, 'bin', 'python');
    const script = cli.script('soup.py', 'import bs4', 'print(bs4.VERSION)');
    const without = await cli.run('run', '--no-auto-install', script);
    expect(without.err).toMatch(/ModuleNotFoundError: No module named 'bs4'\n$/);
    expect(await cli.run('run', script)).toMatchObject({ out: '4.1\n', err: '', code: 0 });
    const { code, err } = await cli.run('run', '-c', 'import requestz_made_up');
    expect(code).toBe(1);
    expect(err).toMatch(
      /^python-mcp: import requestz_made_up: not installed, .* name the package it comes from as a dependency/m,
    );
  });
});
