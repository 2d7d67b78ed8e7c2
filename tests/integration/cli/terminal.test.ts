/** What a person sees: everything here runs under a real pseudo-terminal. */
import { stripVTControlCharacters } from 'node:util';
import { describe, expect, it } from 'vitest';
import { commandLine } from './command-line.ts';

const ESCAPE = '\x1b';

/** What a run showed, but for progress that was drawn and taken away, and the line that ends it. */
function printed(out: string): string {
  const silent = out.replace(DRAWN, '');
  return silent.slice(0, silent.lastIndexOf('\r\n', silent.length - 3) + 2);
}

// oxlint-disable-next-line no-control-regex -- drawn with them
const DRAWN = /(?:\r\x1b\[K\x1b\[2m[^\r]*\x1b\[22m)+\r\x1b\[K/g;

describe('on a terminal', () => {
  it('run shows progress while the script is silent, and takes it away', async () => {
    const cli = commandLine();
    const path = cli.script(
      'slow.py',
      'import time',
      'print("step 5/20", flush=True)',
      'time.sleep(2)',
      'print("last")',
    );
    const { out, code } = await cli.onTerminal('run', path);
    expect(code).toBe(0);
    expect(out).toMatch(/running \d\.\d s · █{5}░{15} 25%/);
    const [, last = ''] = out.split(`\r${ESCAPE}[Klast\r\n`);
    expect(stripVTControlCharacters(last)).toMatch(/^completed · \d\.\d s · \w{10}\r\n$/);
  });

  it('run draws nothing into an unfinished line', async () => {
    const cli = commandLine();
    const code = 'import time; print("half a ", end="", flush=True); time.sleep(2); print("line")';
    expect(printed((await cli.onTerminal('run', '-c', code)).out)).toBe('half a line\r\n');
  });

  it.each(['', '1'])(
    'run keeps both streams in their order, unbuffered: "%s"',
    async (unbuffered) => {
      const cli = commandLine();
      cli.env['PYTHONUNBUFFERED'] = unbuffered;
      const code =
        'import sys\nfor i in range(300): print("tick", i); print("warn", i, file=sys.stderr)';
      const { out } = await cli.onTerminal('run', '-c', code);
      const expected = Array.from({ length: 300 }, (_, i) => `tick ${i}\r\nwarn ${i}\r\n`).join('');
      expect(printed(out)).toBe(expected);
      const [id = ''] = cli.jobIds();
      expect((await cli.onTerminal('output', id)).out).toBe(expected);
      expect((await cli.onTerminal('output', '-f', id)).out).toBe(expected);
    },
  );

  it.each([80, 120])(
    'run ends with what there is to know of it, %d columns wide',
    async (columns) => {
      const cli = commandLine();
      cli.screen.columns = columns;
      cli.env['NO_COLOR'] = '1';
      const path = cli.script(
        'files.py',
        'import os, sys',
        'for name in "abc": open(os.environ["PYTHON_MCP_ARTIFACTS"] + "/" + name, "w").close()',
        'print("no end of line", end="", flush=True)',
        'sys.exit(3)',
      );
      const { out } = await cli.onTerminal('run', path);
      const [id = ''] = cli.jobIds();
      expect(out).toContain('no end of line\r\nfailed · exit 3 · ');
      expect(out).toMatch(new RegExp(` s · ${id} · 3 files · python-mcp show ${id}\r\n$`));
      expect(out.split('\r\n').every((line) => line.length <= columns)).toBe(true);
      expect((await cli.run('run', path)).err).toBe('');
    },
  );

  it('run tells a script of the screen, and of colours unless they are not wanted', async () => {
    const cli = commandLine();
    const names = ['COLUMNS', 'LINES', 'FORCE_COLOR', 'TTY_COMPATIBLE'];
    const code = `import os; print([os.environ.get(name) for name in ${JSON.stringify(names)}])`;
    const told = async () => printed((await cli.onTerminal('run', '-c', code)).out).trim();
    expect(await told()).toBe("['100', '30', '1', '1']");
    cli.env['NO_COLOR'] = '1';
    expect(await told()).toBe("['100', '30', None, None]");
    expect((await cli.run('run', '-c', code)).out.trim()).toBe("['120', '40', None, None]");
  });

  it('output takes the teeth out of what a job printed, unless raw', async () => {
    const cli = commandLine();
    const code = String.raw`print("\x1b]0;title\x07\x1b[2J\x1b[31mred\x1b[0m 1%\r2%")`;
    const id = JSON.parse((await cli.run('run', '--json', '-c', code)).out).job_id as string;
    expect((await cli.onTerminal('output', id)).out).toBe(`red 1%\r${ESCAPE}[K2%\r\n`);
    expect((await cli.onTerminal('output', '-f', id)).out).toBe(`red 1%\r${ESCAPE}[K2%\r\n`);
    expect((await cli.onTerminal('output', '--raw', id)).out).toContain(`${ESCAPE}[2J`);
    expect((await cli.run('output', id)).stdout.equals(cli.output(id, 'stdout'))).toBe(true);
  });

  it('labels cannot move the cursor', async () => {
    const cli = commandLine();
    await cli.run('run', '--label', `a${ESCAPE}[2J\nb`, '-c', 'pass');
    expect((await cli.onTerminal('jobs')).out).toMatch(/ a b\r\n$/);
  });

  it('colours are for terminals, and not with NO_COLOR', async () => {
    const cli = commandLine();
    await cli.run('run', '-c', 'pass');
    expect((await cli.onTerminal('jobs')).out).toContain(`${ESCAPE}[32mcompleted`);
    expect((await cli.run('jobs')).out).not.toContain(ESCAPE);
    cli.env['NO_COLOR'] = '1';
    expect((await cli.onTerminal('jobs')).out).not.toContain(ESCAPE);
  });

  it('without arguments it shows the help', async () => {
    const cli = commandLine();
    const { out, code } = await cli.onTerminal();
    expect(code).toBe(0);
    expect(out).toContain('Usage: python-mcp');
    const help = await cli.run('--help');
    expect(help).toMatchObject({ code: 0, err: '' });
    expect(help.out.split('\n', 1)).toEqual(out.split('\r\n', 1));
    expect((await cli.run('--version')).out).toMatch(/^\d+\.\d+\.\d+\n$/);
  });
});
