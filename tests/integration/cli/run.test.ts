import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { waitFor } from '../../support/wait-for.ts';
import { commandLine } from './command-line.ts';

describe('run', () => {
  it.each([
    ['a code', 'raise SystemExit(7)', 7],
    ['success', 'pass', 0],
    ['an exception', '1/0', 1],
    ['a signal', 'import os; os.kill(os.getpid(), 9)', 137],
  ])('exits as the script does: %s', async (_, code, expected) => {
    const ended = await commandLine().run('run', '-c', code);
    expect(ended.code).toBe(expected);
  });

  it('of one request key is one run, whose output and code every command gives', async () => {
    const cli = commandLine();
    const words = ['run', '--request-key', 'nightly', '-c', 'import uuid; print(uuid.uuid4())'];
    const [first, second] = [await cli.run(...words), await cli.run(...words)];
    expect(second.out).toBe(first.out);
    expect([first.code, second.code]).toEqual([0, 0]);
    const { out } = await cli.run('jobs', '--json');
    expect(JSON.parse(out).total).toBe(1);
  });

  it('exits with 124 at the time limit and says why', async () => {
    const ended = await commandLine().run('run', '-t', '1', '-c', 'import time; time.sleep(60)');
    expect(ended.code).toBe(124);
    expect(ended.err).toContain('time limit of 1 s');
  });

  it('passes both streams on, byte for byte', async () => {
    const cli = commandLine();
    const path = cli.script(
      'bytes.py',
      'import sys',
      'every = bytes(range(256)) * 3000',
      'sys.stdout.buffer.write(every)',
      'sys.stderr.buffer.write(every[::-1])',
    );
    const ended = await cli.run('run', path);
    const every = Buffer.alloc(256 * 3000, Buffer.from(Array.from({ length: 256 }, (_, i) => i)));
    expect(ended.code).toBe(0);
    expect(ended.stdout.equals(every)).toBe(true);
    expect(ended.stderr.equals(every.toReversed())).toBe(true);
  });

  it('shows output while the script runs', async () => {
    const cli = commandLine();
    const go = join(cli.work, 'go');
    const code = `import os, time\nprint('waiting')\nwhile not os.path.exists(${JSON.stringify(go)}): time.sleep(0.01)\nprint('gone')`;
    const running = cli.start('run', '-c', code);
    await running.sees('waiting\n');
    writeFileSync(go, '');
    expect((await running.ended).out).toBe('waiting\ngone\n');
  });

  it('hands arguments, variables and the working directory to the script', async () => {
    const cli = commandLine();
    const folder = join(cli.work, 'elsewhere');
    mkdirSync(folder);
    const file = cli.script('settings.env', 'A=file', 'B=file');
    const path = cli.script(
      'show.py',
      'import os, sys',
      'print(sys.argv[1:], os.getcwd(), os.environ["A"], os.environ["B"])',
    );
    const options = ['--dir', folder, '--env', 'A=own=1', '--env-file', file];
    const ended = await cli.run('run', ...options, path, 'x', '--epochs', '-3');
    expect(ended.out).toBe(`['x', '--epochs', '-3'] ${folder} own=1 file\n`);
  });

  it('takes code, or input for the script, from standard input', async () => {
    const cli = commandLine();
    expect((await cli.feed('print("from code")', 'run', '-')).out).toBe('from code\n');
    const echo = ['-c', 'import sys; print(sys.stdin.read())'];
    expect((await cli.feed('data', 'run', '--stdin', '-', ...echo)).out).toBe('data\n');
    expect((await cli.feed('data', 'run', ...echo)).out).toBe('data\n');
  });

  it('says how to give a script the input that it asked for', async () => {
    const ended = await commandLine().run('run', '-c', 'input()');
    expect(ended).toMatchObject({ code: 1, out: '' });
    expect(ended.err).toContain(
      'was given none: pass --stdin, or --interactive and answer with "python-mcp input".\n',
    );
  });

  it('passes standard input on as it comes with --interactive', async () => {
    const code =
      'while True:\n  try: print("got", input())\n  except EOFError: break\nprint("end")';
    const running = commandLine().start('run', '--interactive', '-c', code);
    running.child.stdin?.write('one\n');
    await running.sees('got one\n');
    running.child.stdin?.end('zwei ä\n');
    expect((await running.ended).out).toBe('got one\ngot zwei ä\nend\n');
  });

  it('ends when an interactive script ends before its input does', async () => {
    const running = commandLine().start('run', '--interactive', '-c', 'print("done")');
    expect((await running.ended).out).toBe('done\n');
  });

  it('prints the result as JSON', async () => {
    const ended = await commandLine().run('run', '--json', '-c', 'print("x"); raise SystemExit(3)');
    expect(ended.code).toBe(3);
    expect(JSON.parse(ended.out)).toMatchObject({ status: 'failed', stdout: 'x\n', exit_code: 3 });
  });

  it('cancels the job when the reader goes away', async () => {
    const cli = commandLine();
    const running = cli.start('run', '-c', 'while True: print("y" * 1000)');
    await running.sees('y');
    running.child.stdout?.destroy();
    expect((await running.ended).code).toBe(141);
    const { out } = await cli.run('jobs', '--json');
    expect(JSON.parse(out).jobs).toMatchObject([{ status: 'cancelled' }]);
  });

  it('ends what the script left behind before it returns', async () => {
    const cli = commandLine();
    const code = 'import subprocess; subprocess.Popen(["sleep", "300"])';
    expect((await cli.run('run', '-c', code)).code).toBe(0);
    expect(await cli.processes()).toEqual([]);
  });

  it.each([
    ['no script', ['run'], 'SCRIPT: it is missing.'],
    ['a missing file', ['run', 'nowhere.py'], 'nowhere.py" does not exist. Pass'],
    ['a script for a command', ['train.py'], 'To run a script: python-mcp run train.py\n'],
    ['an option that is none', ['run', '--epochs', '3', 'a.py'], '(--help shows our options)'],
    ['a wrong version', ['run', '-c', 'pass', '--python', '3'], '--python: "3"'],
    ['a fraction', ['run', '-c', 'pass', '--timeout', '1.5'], '--timeout: 1.5'],
    ['no number', ['run', '-c', 'pass', '--timeout', 'soon'], "'soon' is invalid"],
    ['no value', ['run', '-c', 'pass', '--env', 'A'], '--env: "A" has no name and value.'],
    ['a missing folder', ['run', '-c', 'pass', '--dir', 'x'], '--dir: '],
    ['one stdin for two', ['run', '--stdin', '-', '-'], 'cannot hold both'],
  ])('refuses %s before anything starts', async (_, args, message) => {
    const cli = commandLine();
    const ended = await cli.run(...args);
    expect({ code: ended.code, out: ended.out }).toEqual({ code: 2, out: '' });
    expect(ended.err).toContain(message);
    expect(cli.jobIds()).toEqual([]);
  });
});

describe('run -m', () => {
  it.each([
    [
      ['-m', 'echo_words', '-l', '0.1', '--help'],
      ['-l', '0.1', '--help'],
    ],
    [['-l', '-m', '--module=echo_words', '--json'], ['--json']],
    [['-m', 'echo_words', '--', '-x'], ['-x']],
  ])('%j: what stands behind the module is its own', async (words, own) => {
    const cli = commandLine();
    cli.script('echo_words.py', 'import sys', 'print(sys.argv[1:])');
    const { out } = await cli.run('run', ...words);
    expect(out).toBe(`[${own.map((word) => `'${word}'`).join(', ')}]\n`);
  });
});

describe('run, interrupted', () => {
  const patient = [
    'import signal, sys, time',
    'def end(*_):',
    '    print("cleaned up")',
    '    sys.exit(5)',
    'signal.signal(signal.SIGINT, end)',
    'print("ready")',
    'open(__file__ + ".waits", "w").close()',
    'time.sleep(300)',
  ];

  it.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)('%s cancels the job and shows how it ended', async (signal, code) => {
    const cli = commandLine();
    const path = cli.script('patient.py', ...patient);
    const running = cli.start('run', path);
    await running.sees('ready\n');
    // A signal that comes within a print may not print: Python refuses it ("reentrant call").
    await waitFor(() => existsSync(`${path}.waits`), 20_000, 'the end of its print');
    running.child.kill(signal);
    const ended = await running.ended;
    expect(ended.code).toBe(code);
    expect(ended.out).toBe('ready\ncleaned up\n');
    expect(ended.err).toContain('The job was cancelled.');
    expect(await cli.processes()).toEqual([]);
  });

  it('a second Ctrl-C kills a script that will not end', async () => {
    const cli = commandLine();
    const asked = join(cli.work, 'asked');
    const path = cli.script(
      'stubborn.py',
      'import signal, time',
      `signal.signal(signal.SIGINT, lambda *_: open(${JSON.stringify(asked)}, "w").close())`,
      'print("ready")',
      'while True: time.sleep(300)',
    );
    const running = cli.start('run', path);
    await running.sees('ready\n');
    running.child.kill('SIGINT');
    await waitFor(() => existsSync(asked), 20_000, 'the interrupt to arrive');
    const again = setInterval(() => running.child.kill('SIGINT'), 400); // not the same key press
    running.child.once('exit', () => clearInterval(again));
    await waitFor(
      async () => (await cli.processes()).length === 0,
      4_000,
      'the script to be killed',
    );
    clearInterval(again);
    await running.ended;
  });
});

describe('run --detach', () => {
  it('prints the id of a script that runs on', async () => {
    const cli = commandLine();
    const go = join(cli.work, 'go');
    const code = `import os, time\nprint('one')\nwhile not os.path.exists(${JSON.stringify(go)}): time.sleep(0.01)\nprint('two')`;
    const { out, code: exit } = await cli.run('run', '--detach', '-c', code);
    const id = out.trim();
    expect({ exit, id }).toEqual({ exit: 0, id: cli.jobIds()[0] });
    const following = cli.start('output', '-f', id);
    await following.sees('one\n');
    writeFileSync(go, '');
    expect((await following.ended).out).toBe('one\ntwo\n');
    expect(JSON.parse((await cli.run('show', '--json', id)).out).status).toBe('completed');
  });

  it('waits for a free place and says so', async () => {
    const cli = commandLine();
    cli.env['PYTHON_MCP_MAX_CONCURRENT_JOBS'] = '1';
    const first = (await cli.run('run', '-d', '-c', 'import time; time.sleep(300)')).out.trim();
    const second = cli.start('run', '-d', '-c', 'print("second")');
    await waitFor(() => second.err().includes('waits for a free place'), 30_000, 'the reason');
    expect(second.out()).toBe('');
    await cli.run('cancel', first);
    const { out, code } = await second.ended;
    expect(code).toBe(0);
    expect((await cli.run('output', '-f', out.trim())).out).toBe('second\n');
  });

  it('tells when the script could not be started', async () => {
    const cli = commandLine();
    const ended = await cli.run('run', '--detach', '--python', '3.99', '-c', 'pass');
    expect(ended.code).toBe(1);
    expect(ended.err).toContain('Python 3.99 is not installed here');
  });
});
