/** A child's output stands after the print that announced it, however it was started. */
import { describe, expect, test } from 'vitest';
import { HEAVY } from '../../support/heavy.ts';
import { realInterpreters } from '../../support/interpreters.ts';
import { runToEnd, scriptOf } from './job-run.ts';

/** `npm run test:heavy` does them all. */
const ROUNDS = HEAVY ? 50 : 5;

const LONGEST_MS = 60_000 + ROUNDS * 5_000;

const ECHO = `['echo', 'child']`;
const PYTHON = `[sys.executable, '-S', '-c', 'print("child")']`;

const WAYS: Record<string, string> = {
  'subprocess.run': `subprocess.run(${ECHO})`,
  'subprocess.run of a Python': `subprocess.run(${PYTHON})`,
  'subprocess in a shell': `subprocess.call('echo child', shell=True)`,
  'a pipeline': `subprocess.call('printf "child\\\\n" | cat', shell=True)`,
  'subprocess.Popen with a new session': `subprocess.Popen(${ECHO}, start_new_session=True).wait()`,
  'os.system': `os.system('echo child')`,
  'os.popen': `print(end=os.popen('echo child').read())`,
  'os.posix_spawn': `os.waitpid(os.posix_spawn('/bin/echo', ['echo', 'child'], os.environ), 0)`,
  'os.posix_spawnp': `os.waitpid(os.posix_spawnp('echo', ['echo', 'child'], os.environ), 0)`,
  'os.spawnlp': `os.spawnlp(os.P_WAIT, 'echo', 'echo', 'child')`,
  'os.fork and exec': `pid = os.fork()\n    if pid == 0: os.execvp('echo', ['echo', 'child'])\n    os.waitpid(pid, 0)`,
  'os.fork and os.write': `pid = os.fork()\n    if pid == 0:\n        os.write(1, b'child\\n')\n        os._exit(0)\n    os.waitpid(pid, 0)`,
  'multiprocessing fork': `start('fork')`,
  'multiprocessing spawn': `start('spawn')`,
  'multiprocessing forkserver': `start('forkserver')`,
  ProcessPoolExecutor: `pool.submit(say).result()`,
  'asyncio subprocess': `asyncio.run(echo())`,
  'a thread that starts it': `thread = threading.Thread(target=subprocess.run, args=(${ECHO},))\n    thread.start()\n    thread.join()`,
  'C code that writes': `libc.puts(b'child')`,
};

const script = (way: string, rounds: number) => `
import asyncio, concurrent.futures, ctypes, multiprocessing, os, subprocess, sys, threading
libc = ctypes.CDLL(None)
def say():
    print('child')
    sys.stdout.flush()
def start(method):
    process = multiprocessing.get_context(method).Process(target=say)
    process.start()
    process.join()
async def echo():
    process = await asyncio.create_subprocess_exec('echo', 'child')
    await process.wait()
def main():
  pool = concurrent.futures.ProcessPoolExecutor(1)
  for number in range(${rounds}):
    print('before', number)
    ${way}
    print('after', number)
if __name__ == '__main__':
    main()
`;

for (const { path, version } of await realInterpreters()) {
  describe(`Python ${version} (${path})`, () => {
    test.for(Object.keys(WAYS))('%s', { timeout: LONGEST_MS }, async (way) => {
      const run = await runToEnd(path, [scriptOf(script(WAYS[way] ?? '', ROUNDS))]);
      const expected = Array.from(
        { length: ROUNDS },
        (_, number) => `before ${number}\nchild\nafter ${number}\n`,
      );
      expect([run.code, run.stdout]).toEqual([0, expected.join('')]);
    });
  });
}
