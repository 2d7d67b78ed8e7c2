import { describe, expect, it } from 'vitest';
import { type CommandLine, commandLine } from './command-line.ts';

async function background(cli: CommandLine, code: string): Promise<string> {
  const { out } = await cli.run('run', '--detach', '--json', '-c', code);
  return JSON.parse(out).job_id as string;
}

describe('wait', () => {
  it('is silent, prints one line at the end and exits with the code of the job', async () => {
    const cli = commandLine();
    const id = await background(
      cli,
      'import time; print("x"); time.sleep(0.5); raise SystemExit(3)',
    );
    const { code, out, err } = await cli.run('wait', id);
    expect({ code, err }).toEqual({ code: 3, err: '' });
    expect(out).toMatch(new RegExp(`^${id} failed · code 3 · [\\d.]+ s · [^\\n]+3[^\\n]*\\n$`));
  });

  it('waits for all of several, or for any', async () => {
    const cli = commandLine();
    const quick = await background(cli, 'pass');
    const slow = await background(cli, 'import time; time.sleep(600)');
    const any = await cli.run('wait', '--any', slow, quick);
    expect(any.out).toMatch(new RegExp(`^${quick} completed · code 0 · [\\d.]+ s\\n$`));
    const all = cli.start('wait', slow, quick);
    await cli.run('cancel', slow);
    const { code, out } = await all.ended;
    expect(code).toBe(130);
    expect(out.split('\n')).toHaveLength(3);
  });

  it('may be killed: the job does not care', async () => {
    const cli = commandLine();
    const id = await background(cli, 'import time; time.sleep(600)');
    const waiting = cli.start('wait', id);
    waiting.child.kill('SIGTERM');
    await waiting.ended;
    expect((await cli.run('show', id)).out).toContain('running');
  });
});

describe('watch', () => {
  it('prints milestones and the end', async () => {
    const cli = commandLine();
    const id = await background(
      cli,
      'import os, sys, time\nfor i in range(1, 41): print(f"Progress: {i}/40"); time.sleep(0.05)\nprint("ValueError: a bad record", file=sys.stderr)\ntime.sleep(1.5)',
    );
    const { code, out } = await cli.run('watch', id, '--every', '0');
    expect(code).toBe(0);
    const lines = out.trimEnd().split('\n');
    expect(lines.length).toBeLessThanOrEqual(12);
    expect(out).toMatch(/\d0%|\d\d%/);
    expect(out).toContain(`${id} ValueError: a bad record\n`);
    expect(lines.at(-1)).toContain(`${id} completed · code 0`);
  });
});
