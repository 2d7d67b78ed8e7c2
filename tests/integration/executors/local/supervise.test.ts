/** runtime/supervise.sh under every POSIX shell at hand. */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  closeSync,
  constants,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readExit, readSupervisor } from '../../../../src/executors/local/supervisor-record.ts';
import { currentNamespace, identityOf } from '../../../../src/os/process-identity.ts';
import { closeInput, writeInput } from '../../../../src/executors/local/job-input.ts';
import { groupIsEmpty, limitMark } from '../../../../src/os/process-table.ts';
import { PYTHON, SUPERVISE, waitFor } from './running-job.ts';

const SHELLS = [['sh'], ['dash'], ['bash'], ['bash', '--posix'], ['busybox', 'sh']];

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'pmcp-supervise-'));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

for (const shell of SHELLS) {
  const missing = spawnSync(String(shell[0]), ['-c', ':']).error !== undefined;
  const name = missing ? `${shell.join(' ')} (skipped: not installed here)` : shell.join(' ');
  describe.skipIf(missing)(name, () => supervision(shell));
}

function supervision([shell = '', ...options]: string[]): void {
  function supervise(mode: string, memory: string, ...argv: string[]) {
    const out = openSync(join(dir, 'out'), 'a');
    const err = openSync(join(dir, 'err'), 'a');
    const own = [dir, '0022', mode, memory, currentNamespace() ?? '', limitMark('one') ?? '-'];
    const args = [...options, SUPERVISE, ...own, ...argv];
    const child = spawn(shell, args, { detached: true, stdio: ['ignore', out, err] });
    closeSync(out);
    closeSync(err);
    return { pid: Number(child.pid), ended: once(child, 'exit') };
  }
  const output = () => readFileSync(join(dir, 'out'), 'utf8');
  const errors = () => readFileSync(join(dir, 'err'), 'utf8');

  it('writes down who it is and how the command ended', async () => {
    const { pid, ended } = supervise(
      '-',
      '-',
      PYTHON,
      '-c',
      'import time; time.sleep(0.2); exit(3)',
    );
    await waitFor(
      'the identity',
      () => typeof readSupervisor(dir) === 'object' && !!readSupervisor(dir),
    );
    expect(readSupervisor(dir)).toEqual(identityOf(pid));
    const record = () => readFileSync(join(dir, 'exit'), 'latin1');
    await waitFor(
      'the reserved block',
      () => existsSync(join(dir, 'exit')) && record() === '      \n',
    );
    expect(readExit(dir)).toBeNull();
    await ended;
    expect(readExit(dir)).toMatchObject({ code: 3 });
    expect(record()).toMatch(/^3; {4}\n$/);
  });

  it('is quiet about a command that was killed', async () => {
    await supervise('-', '-', PYTHON, '-c', 'import os; os.kill(os.getpid(), 9)').ended;
    expect(readExit(dir)).toMatchObject({ code: 137 });
    expect(errors()).toBe('');
  });

  it.each(['SIGTERM', 'SIGINT', 'SIGHUP', 'SIGQUIT'] as const)('outlives %s', async (signal) => {
    const { pid, ended } = supervise(
      '-',
      '-',
      PYTHON,
      '-c',
      'print(1, flush=True); import time; time.sleep(30)',
    );
    await waitFor('the command', () => output() === '1\n');
    process.kill(-pid, signal);
    await ended;
    expect(readExit(dir)?.code).toBeGreaterThan(128);
  });

  it('runs nothing when the job has a supervisor', async () => {
    await supervise('-', '-', PYTHON, '-c', 'print("first")').ended;
    const before = readdirSync(dir).map((name) => [name, readFileSync(join(dir, name), 'utf8')]);
    const [code] = await supervise('fifo', '-', PYTHON, '-c', 'print("second")').ended;
    expect(code).toBe(0);
    const after = readdirSync(dir).map((name) => [name, readFileSync(join(dir, name), 'utf8')]);
    expect(after).toEqual(before);
  });

  it('gives the lock back when it could not have recorded the end', async () => {
    mkdirSync(join(dir, 'exit')); // stands for any reason that the reservation fails
    await supervise('-', '-', PYTHON, '-c', 'print("ran")').ended;
    expect(readSupervisor(dir)).toBeNull();
    expect(output()).toBe('');
  });

  it('opens standard input until stdin.close is opened', async () => {
    const { pid, ended } = supervise('fifo', '-', PYTHON, '-c', 'print(input()); input()');
    const pipe = await openWhenRead(join(dir, 'stdin'));
    pipe.write('hello\n');
    await waitFor('the echo', () => output() === 'hello\n');
    pipe.close();
    expect(readExit(dir)).toBeNull();
    await closeInput(dir);
    await ended;
    expect(errors()).toContain('EOFError');
    expect(readExit(dir)).toMatchObject({ code: 1 });
    expect(groupIsEmpty(pid)).toBe(true);
  });

  it('keeps standard input open when the group is asked to end', async () => {
    const code = `
import signal
signal.signal(signal.SIGTERM, lambda *_: print("asked", flush=True))
print("up", flush=True)
print(input())`;
    const { pid, ended } = supervise('fifo', '-', PYTHON, '-c', code);
    await waitFor('the command', () => output() === 'up\n');
    process.kill(-pid, 'SIGTERM');
    await waitFor('the handler', () => output() === 'up\nasked\n');
    await writeInput(dir, 'answer\n', 5000);
    await ended;
    expect(output()).toBe('up\nasked\nanswer\n');
  });

  it('leaves no process behind, whether the input was used or not', async () => {
    for (const argv of [[PYTHON, '-c', ''], ['/nowhere']]) {
      rmSync(dir, { recursive: true });
      mkdirSync(dir);
      const { pid, ended } = supervise('fifo', '-', ...argv);
      await ended;
      expect(readExit(dir)).not.toBeNull();
      expect(groupIsEmpty(pid)).toBe(true);
    }
  });

  it('sets the memory limit on the command', async () => {
    await supervise('-', '262144', PYTHON, '-c', 'bytearray(1 << 30)').ended;
    expect(errors()).toContain('MemoryError');
  });
}

async function openWhenRead(path: string) {
  let fd = -1;
  await waitFor('a reader of the standard input', () => {
    try {
      fd = openSync(path, constants.O_WRONLY | constants.O_NONBLOCK);
      return true;
    } catch {
      return false;
    }
  });
  return { write: (text: string) => writeSync(fd, text), close: () => closeSync(fd) };
}
