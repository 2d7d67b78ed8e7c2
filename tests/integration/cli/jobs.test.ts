import { stripVTControlCharacters } from 'node:util';
import { describe, expect, it } from 'vitest';
import { waitFor } from '../../support/wait-for.ts';
import { type CommandLine, commandLine } from './command-line.ts';

async function finished(cli: CommandLine, code: string, ...options: string[]): Promise<string> {
  const { out } = await cli.run('run', '--json', ...options, '-c', code);
  return JSON.parse(out).job_id as string;
}

describe('jobs and show', () => {
  it('list what there is, newest first', async () => {
    const cli = commandLine();
    expect(await cli.run('jobs')).toMatchObject({
      code: 0,
      out: '',
      err: 'There are no jobs.\n',
    });
    const good = await finished(cli, 'pass', '--label', 'good one');
    const bad = await finished(cli, 'raise SystemExit(4)', '--label', 'bad one');
    const lines = (await cli.run('jobs')).out.split('\n');
    expect(lines[0]).toMatch(/^ID +STATUS +RESULT +CREATED +TIME +CLIENT +LABEL$/);
    expect(lines[1]).toMatch(new RegExp(`^${bad}  failed +exit 4 .* cli +bad one$`));
    expect(lines[2]).toMatch(new RegExp(`^${good}  completed +exit 0 .*good one$`));
    const failed = JSON.parse((await cli.run('jobs', '--status', 'failed', '--json')).out);
    expect(failed).toMatchObject({ total: 1, jobs: [{ id: bad, label: 'bad one' }] });
    const second = JSON.parse((await cli.run('jobs', '-n', '1', '-p', '2', '--json')).out);
    expect(second.jobs).toMatchObject([{ id: good }]);
  });

  it('show one job by the beginning of its id', async () => {
    const cli = commandLine();
    const id = await finished(cli, 'print("last words"); raise SystemExit(4)');
    const { out, code } = await cli.run('show', id.slice(0, 12));
    expect(code).toBe(0);
    expect(out).toMatch(new RegExp(`^id +${id}$`, 'm'));
    expect(out).toMatch(/^client +cli$/m);
    expect(out).toMatch(/^exit code +4$/m);
    expect(out).toContain('last words');
  });

  it('show what a script stated as its result, and the error of one that failed', async () => {
    const cli = commandLine();
    const code = 'from python_mcp import result\nresult({"loss": [0.5, None]})\n';
    const id = await finished(cli, `${code}{}["key"]`);
    const { out } = await cli.run('show', id);
    expect(out).toMatch(/^error +KeyError: 'key' \(script\.py, line 3\)\.$/m);
    expect(out).toMatch(/^result +\{"loss":\[0\.5,null\]\}$/m);
    const { jobs } = JSON.parse((await cli.run('jobs', '--json')).out);
    expect(jobs).toMatchObject([{ id, result_value: { loss: [0.5, null] } }]);
    await finished(cli, `${code}print(1)`);
    const lines = stripVTControlCharacters((await cli.onTerminal('jobs')).out).split('\r\n');
    expect(lines[1]).toMatch(/ \{"loss":\[0\.5,null\]\}$/);
    expect(lines[2]).toMatch(/ KeyError: 'key' \(script\.py, line 3\)\.$/);
  });

  it('say which jobs there are when asked for another', async () => {
    const cli = commandLine();
    const id = await finished(cli, 'pass');
    const { code, err } = await cli.run('show', 'zzzz');
    expect(code).toBe(2);
    expect(err).toContain(`There is no job "zzzz". The newest jobs are ${id}.`);
  });
});

describe('output', () => {
  const both = 'import sys; print("oo"); print("ee", file=sys.stderr)';

  it('gives each stream its own, or one alone', async () => {
    const cli = commandLine();
    const id = await finished(cli, both);
    expect(await cli.run('output', id)).toMatchObject({ out: 'oo\n', err: 'ee\n', code: 0 });
    expect(await cli.run('output', id, '--stream', 'stderr')).toMatchObject({
      out: 'ee\n',
      err: '',
    });
    expect(await cli.run('output', '-f', id, '--stream', 'stdout')).toMatchObject({
      out: 'oo\n',
      err: '',
    });
  });

  it('copies large and binary output byte for byte', async () => {
    const cli = commandLine();
    const code = 'import sys; sys.stdout.buffer.write(bytes(range(256)) * 4000)';
    const id = await finished(cli, code);
    const { stdout } = await cli.run('output', id);
    expect(stdout.equals(cli.output(id, 'stdout'))).toBe(true);
    expect(stdout.length).toBe(1_024_000);
  });

  it('begins at a tail or at a cursor', async () => {
    const cli = commandLine();
    const id = await finished(cli, 'for i in range(100): print(f"{i:04}")');
    expect((await cli.run('output', id, '--tail', '10')).out).toBe('0098\n0099\n');
    expect((await cli.run('output', id, '--cursor', 'c490-0')).out).toBe('0098\n0099\n');
    const page = JSON.parse((await cli.run('output', id, '--tail', '5', '--json')).out);
    expect(page).toMatchObject({ stdout: '0099\n', cursor: 'c500-0', end_of_output: true });
    expect((await cli.run('output', id, '--tail', '1')).code).toBe(2);
    expect((await cli.run('output', id, '--cursor', 'x')).err).toContain('--cursor: "x" is not a');
  });

  it('stops when its reader does', async () => {
    const cli = commandLine();
    const id = await finished(cli, 'for i in range(100000): print("line", i)');
    const running = cli.start('output', id);
    running.child.stdout?.once('data', () => running.child.stdout?.destroy());
    expect(await running.ended).toMatchObject({ code: 141, err: '' });
  });

  it('Ctrl-C ends the following and leaves the job alone', async () => {
    const cli = commandLine();
    const code = 'import time; print("on"); time.sleep(300)';
    const id = (await cli.run('run', '--detach', '-c', code)).out.trim();
    const following = cli.start('output', '-f', id);
    await following.sees('on\n');
    following.child.kill('SIGINT');
    expect((await following.ended).code).toBe(130);
    expect(JSON.parse((await cli.run('show', '--json', id)).out).status).toBe('running');
  });
});

describe('input, cancel and prune', () => {
  it('input reaches an interactive job', async () => {
    const cli = commandLine();
    const code = 'import sys\nfor line in sys.stdin: print("got", line, end="")';
    const id = (await cli.run('run', '-d', '-i', '-c', code)).out.trim();
    expect((await cli.run('input', id, 'one')).code).toBe(0);
    expect((await cli.run('input', id, 'two', '--no-newline')).code).toBe(0);
    const last = await cli.run('input', id, '!', '--close', '--json');
    expect(JSON.parse(last.out)).toEqual({ job_id: id, written: 2 });
    expect((await cli.run('output', '-f', id)).out).toBe('got one\ngot two!\n');
    expect(await cli.run('input', id, 'late')).toMatchObject({ code: 1, out: '' });
    expect((await cli.run('input', id)).code).toBe(2);
  });

  it('show tells what a script asks that waits for input', async () => {
    const cli = commandLine();
    const id = (await cli.run('run', '-d', '-i', '-c', 'input("name? ")')).out.trim();
    const asks = async () => /^asks +name\?$/m.test((await cli.run('show', id)).out);
    await waitFor(asks, 30_000, 'the question');
    await cli.run('input', id, 'Ada');
    await cli.run('wait', id);
    expect((await cli.run('show', id)).out).not.toMatch(/^asks/m);
  });

  it('input to another job is refused in the words of the command line', async () => {
    const cli = commandLine();
    const id = (await cli.run('run', '-d', '-c', 'import time; time.sleep(300)')).out.trim();
    const refused = await cli.run('input', id, 'one');
    expect(refused.code).toBe(1);
    expect(refused.err).toContain('was not started with --interactive,');
    expect(refused.err).toContain('Start it again with --interactive.\n');
  });

  it('cancel ends several jobs, and none when one of the ids is wrong', async () => {
    const cli = commandLine();
    const sleep = ['run', '--detach', '-c', 'import time; time.sleep(300)'];
    const ids = [(await cli.run(...sleep)).out.trim(), (await cli.run(...sleep)).out.trim()];
    expect((await cli.run('cancel', ...ids, 'zzz')).code).toBe(2);
    expect((await cli.processes()).length).toBeGreaterThan(0);
    const { out, code } = await cli.run('cancel', '--grace', '1', ...ids);
    expect(code).toBe(0);
    for (const id of ids) expect(out).toContain(`${id}  cancelled`);
    expect(await cli.processes()).toEqual([]);
    expect((await cli.run('cancel', ids[0] ?? '')).out).toContain('had already ended');
  });

  it('prune removes what is named, and nothing unless something is', async () => {
    const cli = commandLine();
    const good = await finished(cli, 'pass');
    const bad = await finished(cli, 'raise SystemExit(1)');
    expect((await cli.run('prune')).code).toBe(2);
    expect((await cli.run('prune', '--all', '--older-than', 'soon')).code).toBe(2);
    expect((await cli.run('prune', '--all')).out).toMatch(/^Removed 0 jobs .* 2 remain\.$/m);
    const dry = await cli.run('prune', '--completed', '--older-than', '0h', '--dry-run');
    expect(dry.out).toMatch(/^Would remove 1 job /);
    expect(cli.jobIds()).toEqual([good, bad].sort());
    const done = await cli.run('prune', '--completed', '--older-than', '0h', '--json');
    expect(JSON.parse(done.out)).toMatchObject({ removed: 1, remaining: 1 });
    expect(cli.jobIds()).toEqual([bad]);
  });
});
