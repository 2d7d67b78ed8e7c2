/** Ctrl-C at a terminal, once and more often. */
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { IN_ORDER, leftBy, STUBBORN, TRAINING } from '../../support/training.ts';
import { waitFor } from '../../support/wait-for.ts';
import { type CommandLine, commandLine, type Running } from './command-line.ts';

const CTRL_C = '\x03';
/** The same key press reaches a command twice below a wrapper; a later one is another. */
const NEXT_PRESS_MS = 400;

/** On this machine, from the folders of PATH. */
const OLDER_NODES = (process.env['PATH'] ?? '')
  .split(':')
  .map((folder) => join(folder, 'node'))
  .filter((node) => existsSync(node) && isOlder(execFileSync(node, ['--version']).toString()));

function isOlder(version: string): boolean {
  return Number.parseInt(version.slice(1), 10) < 22; // the wrapper starts another Node
}

const press = ({ child }: Running): void => void child.stdin?.write(CTRL_C);

async function untilEnded(cli: CommandLine): Promise<void> {
  const gone = async () => (await cli.processes()).length === 0;
  await waitFor(gone, 20_000, 'the end of all processes');
}

describe('Ctrl-C', () => {
  it('lets a script clean up as beside Python itself', async () => {
    const cli = commandLine();
    const running = cli.typing('run', cli.script('script.py', TRAINING));
    await running.sees('training');
    press(running);
    const { code, out } = await running.ended;
    expect(code).toBe(130);
    expect(out).toContain('interrupted by user\r\n');
    expect(leftBy(cli.work)).toEqual(IN_ORDER);
    expect(existsSync(join(cli.work, 'scratch'))).toBe(false);
    expect(await cli.processes()).toEqual([]);
  });

  // Below an older Node the program is a child of another: each press reaches it twice.
  it.each([process.execPath, ...OLDER_NODES])(
    'a second time ends a script, with %s',
    async (node) => {
      const cli = commandLine();
      const running = cli.typingTo(node, 'run', cli.script('script.py', STUBBORN));
      await running.sees('up');
      press(running);
      await running.sees('SIGINT');
      await sleep(NEXT_PRESS_MS);
      press(running);
      const { code, out } = await running.ended;
      expect(code).toBe(130);
      expect(out).toMatch(
        /The job was cancelled\.\r\n.*cancelled · .* s · \w+ · python-mcp show \w+/,
      );
      expect(out).not.toContain('SIGTERM');
      await untilEnded(cli);
    },
  );
});

describe('Ctrl-\\', () => {
  it.each([process.execPath, ...OLDER_NODES])('leaves the job running, with %s', async (node) => {
    const cli = commandLine();
    const code = 'import time; print("up", end="", flush=True); time.sleep(300)';
    const running = cli.typingTo(node, 'run', '-c', code);
    await running.sees('up');
    running.child.stdin?.write('\x1c');
    const { code: exit, out } = await running.ended;
    expect(exit).toBe(0);
    const [id = ''] = cli.jobIds();
    expect(out).toMatch(new RegExp(`\r\nJob ${id} runs on: python-mcp output -f ${id}\r\n$`));
    expect(JSON.parse((await cli.run('show', '--json', id)).out).status).toBe('running');
  });
});
