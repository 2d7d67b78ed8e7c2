/** Output is in the log while the script runs, although the script never flushes. */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { realInterpreters } from '../../support/interpreters.ts';
import { waitFor } from '../../support/wait-for.ts';
import {
  runToEnd,
  scratchFolder,
  scriptOf,
  startRun,
  type JobRun,
  type RunOptions,
} from './job-run.ts';

/** Longer than any of these scripts waits for a sign that its output was seen. */
const SEEN_WITHIN_MS = 20_000;

// The script ends only when the test, having seen its output, makes the file `seen`.
const WAIT = `
import os, time
def wait():
    while not os.path.exists('seen'):
        time.sleep(0.01)
`;

const SAYS: Record<string, string> = {
  'a partial line': `print('now', end='')\nwait()`,
  'raw bytes': `import sys\nsys.stdout.buffer.write(b'now')\nwait()`,
  'a busy loop': `print('now', end='')\nwhile not os.path.exists('seen'): pass`,
  'a forked child': `if os.fork() == 0:\n    print('now', end='')\n    wait()\nelse:\n    os.wait()`,
  'the parent after a fork': `if os.fork() == 0: os._exit(0)\nos.wait()\ndef main():\n    print('now', end='')\n    wait()\nmain()`,
  'a stream put in its place': `import io, sys\nsys.stdout = io.TextIOWrapper(sys.stdout.detach(), 'utf-8')\nprint('now', end='')\nwait()`,
  'a codec around it': `import codecs, sys\nsys.stdout = codecs.getwriter('utf-8')(sys.stdout.detach())\nsys.stdout.write('now')\nwait()`,
  'a tee of the script': `import sys\nclass Tee:\n    def write(self, text): return sys.__stdout__.write(text)\n    def flush(self): pass\nsys.stdout = Tee()\nprint('now', end='')\nwait()`,
  'a thread while main waits': `import threading\nthreading.Thread(target=lambda: (print('now', end=''), wait())).start()`,
  'a program after exec': `import sys\nif len(sys.argv) == 1: os.execv(sys.executable, [sys.executable, __file__, 'x'])\nprint('now', end='')\nwait()`,
  'a Python of the script': `import subprocess, sys\nif len(sys.argv) == 1: sys.exit(subprocess.call([sys.executable, __file__, 'x']))\nprint('now', end='')\nwait()`,
};

const MULTIPROCESSING = `
import multiprocessing, sys
def say():
    print('now', end='')
    wait()
if __name__ == '__main__':
    process = multiprocessing.get_context(sys.argv[1]).Process(target=say)
    process.start()
    process.join()
`;

/** The Python below the supervisor. */
function childOf({ child: { pid } }: JobRun): string {
  return readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim();
}

/** How often threads of `pid` have run. */
async function turnsInASecond(pid: number): Promise<number> {
  const turns = () =>
    readdirSync(`/proc/${pid}/task`)
      .map((task) => readFileSync(`/proc/${pid}/task/${task}/schedstat`, 'utf8').split(' ')[2])
      .reduce((sum, count) => sum + Number(count), 0);
  const before = turns();
  await sleep(1000);
  return turns() - before;
}

async function sees(run: JobRun): Promise<void> {
  await waitFor(() => run.stdout() === 'now', SEEN_WITHIN_MS, 'the unflushed output');
  expect(run.child.exitCode).toBeNull();
  writeFileSync(join(run.folder, 'work/seen'), '');
  expect(await run.ended).toBe(0);
  expect(run.stderr()).toBe('');
  expect(run.stdout()).toBe('now');
}

function start(
  python: string,
  code: string,
  args: string[] = [],
  options: RunOptions = {},
): JobRun {
  return startRun(python, [scriptOf(WAIT + code), ...args], options);
}

for (const { path, version } of await realInterpreters()) {
  describe(`Python ${version} (${path})`, () => {
    test.for(Object.keys(SAYS))('%s is visible at once', async (what) => {
      await sees(start(path, SAYS[what] ?? ''));
    });

    test.for(['the variable', 'the option'])('unbuffered by %s', async (how) => {
      const script = scriptOf(`${WAIT}print('now', end='')\nwait()`);
      const isOption = how === 'the option';
      const env = isOption ? {} : { PYTHONUNBUFFERED: '1' };
      await sees(startRun(path, isOption ? ['-u', script] : [script], { env }));
    });

    test('nothing runs while the script rests', async () => {
      const run = startRun(path, [scriptOf('import time\nprint("now")\ntime.sleep(600)')]);
      await waitFor(() => run.stdout() === 'now\n', SEEN_WITHIN_MS, 'the output');
      const pid = Number(childOf(run));
      await waitFor(async () => (await turnsInASecond(pid)) <= 2, SEEN_WITHIN_MS, 'its rest');
    });

    test.for(['fork', 'spawn', 'forkserver'])('multiprocessing %s', async (method) => {
      await sees(start(path, MULTIPROCESSING, [method]));
    });

    test('a child on a pipe keeps its own buffering', async () => {
      // Unflushed bytes of the child must not arrive before it ends.
      const code = `
import select, subprocess, sys
child = subprocess.Popen([sys.executable, '-c', "import sys; print('x'); sys.stdin.read()"],
                         stdin=subprocess.PIPE, stdout=subprocess.PIPE)
print(select.select([child.stdout], [], [], 0.4)[0])
print(child.communicate())`;
      const { stdout } = await runToEnd(path, [scriptOf(code)]);
      expect(stdout).toBe("[]\n(b'x\\n', None)\n");
    });

    test('with FLUSH_MS=0 nothing is flushed before the end', async () => {
      const code = `import sys, time\nprint('x')\ntime.sleep(0.2)\nprint(open(sys.argv[1]).read() == '', file=sys.stderr)`;
      const folder = scratchFolder();
      const run = startRun(path, [scriptOf(code, folder), '../stdout.log'], {
        env: { PYTHON_MCP_FLUSH_MS: '0' },
      });
      expect(await run.ended).toBe(0);
      expect(run.stderr()).toBe('True\n');
      expect(readFileSync(join(run.folder, 'stdout.log'), 'utf8')).toBe('x\n');
    });
  });
}
