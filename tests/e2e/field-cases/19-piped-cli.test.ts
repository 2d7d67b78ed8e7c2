/** Case 19: what is piped into `run` is the script's, and every word behind the script too. */
import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { commandLine } from '../../integration/cli/command-line.ts';
import { PROGRAM } from '../../support/test-home.ts';
import { waitFor } from '../../support/wait-for.ts';

const CAT = 'import sys\nfor line in sys.stdin: print("got", line.strip(), flush=True)';

test('19: a pipe is passed on while it is written to', async () => {
  const cli = commandLine();
  const running = cli.start('run', cli.script('cat.py', CAT));
  running.child.stdin?.write('a\n');
  await running.sees('got a\n');
  running.child.stdin?.end('b\n');
  expect(await running.ended).toMatchObject({ code: 0, out: 'got a\ngot b\n' });
});

test('19: through a shell, from a pipe and from a file of any bytes', async () => {
  const cli = commandLine();
  cli.script('bytes.py', 'import sys\nprint(sys.stdin.buffer.read())');
  writeFileSync(join(cli.work, 'data'), Buffer.from([0xff, 0, 10]));
  const program = `"${process.execPath}" "${PROGRAM}"`;
  const line = `printf 'a\\n' | ${program} run bytes.py; ${program} run bytes.py < data`;
  const child = spawn('/bin/sh', ['-c', line], { cwd: cli.work, env: cli.env });
  let out = '';
  child.stdout.on('data', (bytes: Buffer) => (out += bytes.toString()));
  await waitFor(() => child.exitCode !== null && out.includes('xff'), 30_000);
  expect(out).toBe("b'a\\n'\nb'\\xff\\x00\\n'\n");
});

test('19: every word behind the script is its own', async () => {
  const cli = commandLine();
  const path = cli.script('args.py', 'import sys\nprint(sys.argv[1:])');
  const own = await cli.run('run', '--label', 'mine', path, '-l', '0.1', '-t', '5', '--json', '-h');
  expect(own.out).toBe("['-l', '0.1', '-t', '5', '--json', '-h']\n");
  expect((await cli.run('run', path, '--', '--epochs', '3')).out).toBe("['--epochs', '3']\n");
  expect((await cli.run('run', '-c', 'import sys; print(sys.argv[1:])', 'a', '-t')).out).toBe(
    "['a', '-t']\n",
  );
});
