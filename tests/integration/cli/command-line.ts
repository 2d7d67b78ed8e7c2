/** Runs the published program as somebody at a shell does. */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { NODE, PROGRAM, PYTHON, testHome, type TestHome } from '../../support/test-home.ts';
import { likeUsed } from '../../support/used-home.ts';
import { waitFor } from '../../support/wait-for.ts';

export interface Ended {
  code: number | null;
  signal: NodeJS.Signals | null;
  stdout: Buffer;
  stderr: Buffer;
  /** As text. */
  out: string;
  err: string;
}

export interface Running {
  child: ChildProcess;
  ended: Promise<Ended>;
  out(): string;
  err(): string;
  /** Waits until standard output contains `text`. */
  sees(text: string): Promise<void>;
}

export interface CommandLine extends TestHome {
  start(...args: string[]): Running;
  run(...args: string[]): Promise<Ended>;
  /** As `run`, with this text on standard input. */
  feed(input: string, ...args: string[]): Promise<Ended>;
  /** Of the pseudo-terminals to come, 30 lines high. */
  screen: { columns: number };
  /** Under a pseudo-terminal: what the terminal got. */
  onTerminal(...args: string[]): Promise<Ended>;
  /** The same, while somebody types: into `child.stdin`. */
  typing(...args: string[]): Running;
  /** The same with another Node. */
  typingTo(node: string, ...args: string[]): Running;
  /** Writes a script and returns its path. */
  script(name: string, ...lines: string[]): string;
  /** Changes the environment of the commands to come. */
  env: Record<string, string>;
}

const SEEN_WITHIN_MS = 30_000;

const TERMINAL = `
import fcntl, os, pty, select, struct, sys, termios
pid, fd = pty.fork()
if pid == 0:
    fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", 30, int(sys.argv[1]), 0, 0))
    os.execv(sys.argv[2], sys.argv[2:])
sources = [0, fd]
while True:
    ready = select.select(sources, [], [])[0]
    if 0 in ready:
        typed = os.read(0, 65536)
        os.write(fd, typed) if typed else sources.remove(0)
    if fd not in ready:
        continue
    try:
        data = os.read(fd, 65536)
    except OSError:
        break
    if not data:
        break
    os.write(1, data)
status = os.waitpid(pid, 0)[1]
sys.exit(os.WEXITSTATUS(status) if os.WIFEXITED(status) else 128 + os.WTERMSIG(status))
`;

export function commandLine(): CommandLine {
  const started: Running[] = [];
  const test = testHome(async () => {
    for (const { child } of started) child.kill('SIGKILL');
    const alive = (await test.processes()).length > 0;
    if (alive) await run('cancel', '--grace', '0', ...test.jobIds());
  });
  likeUsed(test.home);
  const userHome = join(test.work, 'user');
  mkdirSync(userHome);
  const env: Record<string, string> = {
    PATH: process.env['PATH'] ?? '',
    HOME: userHome,
    PYTHON_MCP_HOME: test.home,
    PYTHON_MCP_PYTHON: PYTHON,
    TERM: 'xterm',
  };
  const start = (...args: string[]): Running => {
    const running = startProgram(NODE, [PROGRAM, ...args], test.work, env);
    started.push(running);
    return running;
  };
  const screen = { columns: 100 };
  const typingTo = (node: string, ...args: string[]): Running => {
    const words = [String(screen.columns), node, PROGRAM, ...args];
    return startProgram(PYTHON, ['-c', TERMINAL, ...words], test.work, env);
  };
  const typing = (...args: string[]): Running => typingTo(NODE, ...args);
  const feed = (input: string, ...args: string[]): Promise<Ended> => {
    const { child, ended } = start(...args);
    child.stdin?.end(input);
    return ended;
  };
  const run = (...args: string[]): Promise<Ended> => feed('', ...args);
  return {
    ...test,
    env,
    screen,
    start,
    run,
    feed,
    typing,
    typingTo,
    onTerminal: (...args) => typing(...args).ended,
    script(name, ...lines) {
      const path = join(test.work, name);
      writeFileSync(path, lines.map((line) => `${line}\n`).join(''));
      return path;
    },
  };
}

function startProgram(
  command: string,
  args: string[],
  cwd: string,
  env: Record<string, string>,
): Running {
  const child = spawn(command, args, { cwd, env, stdio: ['pipe', 'pipe', 'pipe'] });
  const [stdout, stderr]: [Buffer[], Buffer[]] = [[], []];
  child.stdout.on('data', (bytes: Buffer) => stdout.push(bytes));
  child.stderr.on('data', (bytes: Buffer) => stderr.push(bytes));
  child.stdin.on('error', () => {}); // a command that reads nothing may be gone first
  const [out, err] = [textOf(stdout), textOf(stderr)];
  const ended = new Promise<Ended>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, signal) => {
      const [whole, errors] = [Buffer.concat(stdout), Buffer.concat(stderr)];
      resolve({ code, signal, stdout: whole, stderr: errors, out: out(), err: err() });
    });
  });
  const sees = async (text: string): Promise<void> => {
    await waitFor(() => out().includes(text), SEEN_WITHIN_MS, `${text} on standard output`);
  };
  return { child, ended, out, err, sees };
}

function textOf(chunks: Buffer[]): () => string {
  return () => Buffer.concat(chunks).toString();
}
