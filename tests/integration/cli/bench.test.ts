import { existsSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { waitFor } from '../../support/wait-for.ts';
import { commandLine } from './command-line.ts';

describe('bench', () => {
  it('prints least, median and most of what the kernel counted, and nothing of the script', async () => {
    const cli = commandLine();
    const script = cli.script('a.py', 'import sys', 'print("hello", *sys.argv[1:])');
    const { out, err, code } = await cli.run('bench', script, '-r', '3', '-w', '1');
    expect({ err, code }).toEqual({ err: '', code: 0 });
    const lines = out.split('\n');
    expect(lines[0]).toMatch(/^3 RUNS +MIN +MEDIAN +MAX +SPREAD$/);
    expect(lines[1]).toMatch(/^time( +[\d.]+ m?s){3} +[\d.]+ %$/);
    expect(lines[2]).toMatch(/^cpu( +[\d.]+ m?s){3} +[\d.]+ %$/);
    expect(lines[3]).toMatch(/^memory( +[\d.]+ MiB){3} +[\d.]+ %$/);
    expect(lines.slice(4)).toEqual(['']);
  });

  it('gives every run as JSON', async () => {
    const cli = commandLine();
    const code = 'import sys; print("hello", *sys.argv[1:])';
    const { out } = await cli.run('bench', '-r', '2', '--json', '-c', code, '--', '-x');
    const { benchmark, status } = JSON.parse(out);
    expect(status).toBe('completed');
    expect(benchmark).toMatchObject({ runs: 2, warmup: 0, last_output: { stdout: 'hello -x\n' } });
    expect(benchmark.rows).toHaveLength(2);
  });

  it('compares two scripts that take turns', async () => {
    const cli = commandLine();
    const script = cli.script('a.py', 'print("a", *__import__("sys").argv[1:])');
    const other = cli.script('b.py', 'print("b", *__import__("sys").argv[1:])');
    const { out, code } = await cli.run('bench', script, '-r', '2', '--compare-with', other);
    expect(code).toBe(0);
    const lines = out.split('\n');
    expect(lines.map((line) => line.split(/ {2,}/, 1)[0])).toEqual([
      '2 RUNS',
      'time',
      'cpu',
      'memory',
      'COMPARED',
      'time',
      'cpu',
      'memory',
      expect.stringMatching(/--compare-with takes [\d.]+ × the time of the script/),
      '',
    ]);
    const json = await cli.run('bench', script, '-r', '1', '--compare-with', other, '--json', 'x');
    expect(JSON.parse(json.out).benchmark).toMatchObject({
      last_output: { stdout: 'a x\n' },
      compared: { last_output: { stdout: 'b x\n' } },
    });
    expect(await cli.run('bench', script, '--compare-with', 'no.py')).toMatchObject({
      code: 2,
      err: expect.stringContaining('--compare-with: '),
    });
  });

  it('ends at the first run that fails, with what it said and its code', async () => {
    const cli = commandLine();
    const { code, out, err } = await cli.run('bench', '-c', 'raise SystemExit("no good")');
    expect({ code, out }).toEqual({ code: 1, out: '' });
    expect(err).toMatch(
      /^no good\npython-mcp: The script exited with code 1\. The benchmark ended there \(job \w+\)\.\n$/,
    );
    expect(await cli.run('bench', '-r', '0', '-c', 'pass')).toMatchObject({
      code: 2,
      err: 'python-mcp: --runs: 0 is too small. The least is 1.\n',
    });
  });

  it('is cancelled by Ctrl-C, with all its processes', async () => {
    const cli = commandLine();
    const began = `${cli.work}/began`;
    const code = `import time; open(${JSON.stringify(began)}, "w"); time.sleep(600)`;
    const running = cli.start('bench', '-c', code);
    await waitFor(() => existsSync(began), 30_000, 'the first run');
    running.child.kill('SIGINT');
    expect(await running.ended).toMatchObject({ code: 130, out: '' });
  });
});
