/** What the pages tell a reader to type is typed. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, test } from 'vitest';
import { likeUsed } from '../../support/used-home.ts';
import { NODE, PROGRAM, PYTHON, testHome } from '../../support/test-home.ts';
import { type Commands, commandsOf, printsLike } from './commands.ts';

const ROOT = resolve(import.meta.dirname, '../../..');

test.each(['README.md', 'docs/guide.md'])('the commands of %s do what it says', async (page) => {
  const type = reader();
  const commands = commandsOf(page);
  expect(commands.length).toBeGreaterThan(0);
  for (const block of commands) {
    const { status, stdout, stderr } = type(block);
    expect.soft({ line: block.line, status, stderr: status === 0 ? '' : stderr }).toEqual({
      line: block.line,
      status: 0,
      stderr: '',
    });
    if (block.prints !== null) expect.soft(stdout.trimEnd()).toMatch(printsLike(block.prints));
  }
});

/** Somebody with a clone and a home of their own, whose pages follow one another in one shell's folder. */
function reader() {
  const test = testHome();
  likeUsed(test.home);
  const [bin, project, user] = ['bin', 'project', 'user'].map((name) => join(test.work, name)) as [
    string,
    string,
    string,
  ];
  for (const folder of [bin, project, user]) mkdirSync(folder);
  const program = `#!/bin/sh\nexec "${NODE}" "${PROGRAM}" "$@"\n`;
  writeFileSync(join(bin, 'python-mcp'), program, { mode: 0o755 });
  symlinkSync(join(ROOT, 'bin'), join(project, 'bin'));
  const env = {
    PATH: `${bin}:${process.env['PATH'] ?? ''}`,
    HOME: user,
    PYTHON_MCP_HOME: test.home,
    PYTHON_MCP_PYTHON: PYTHON,
  };
  return ({ code }: Commands) =>
    spawnSync('bash', ['-euo', 'pipefail', '-c', code], { cwd: project, env, encoding: 'utf8' });
}
