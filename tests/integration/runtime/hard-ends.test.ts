/** What a completed print wrote is in the log, whatever ends the process. */
import { describe, expect, test } from 'vitest';
import { HEAVY } from '../../support/heavy.ts';
import { realInterpreters } from '../../support/interpreters.ts';
import { runToEnd, scriptOf } from './job-run.ts';

/** `npm run test:heavy` does them all. */
const ROUNDS = HEAVY ? 50 : 2;

const LONGEST_MS = ROUNDS * 30_000;

const ENDS: Record<string, [code: string, exitCode: number]> = {
  'os._exit': ['os._exit(3)', 3],
  'os._exit, taken early': ['leave(3)', 3],
  'os.abort': ['os.abort()', 128 + 6],
  'a segmentation fault': ['ctypes.string_at(0)', 128 + 11],
  SIGKILL: ['os.kill(os.getpid(), signal.SIGKILL)', 128 + 9],
  raise_signal: ['signal.raise_signal(signal.SIGKILL)', 128 + 9],
  'os.execv': ["os.execv('/bin/sh', ['sh', '-c', 'exit 4'])", 4],
  'os._exit in a forked child': [
    "child = os.fork()\nif child == 0:\n    print('of the child')\n    os._exit(1)\nos.waitpid(child, 0)\nos._exit(5)",
    5,
  ],
  'a thread that leaves': [
    'import threading\nthreading.Thread(target=os._exit, args=(6,)).start()\nwhile True: pass',
    6,
  ],
};

/** Text before the end: a line after a pause, several at once, and so many that they go by blocks. */
const SAID: Record<string, string> = {
  'a line': "print('result: 42')",
  'lines on both streams': "print('one'); print('two', file=sys.stderr); print('three')",
  'a flood': "for number in range(60000): print(number, 'x' * 40)",
};

const HEAD = 'import ctypes, os, signal, sys, time\nfrom os import _exit as leave\n';

for (const { path, version } of await realInterpreters()) {
  describe(`Python ${version} (${path})`, () => {
    for (const [end, [code, exitCode]] of Object.entries(ENDS)) {
      // Nothing comes between the flood and a fault that Python could notice.
      const cases = Object.keys(SAID).filter((said) => said !== 'a flood' || !/fault/.test(end));
      test.for(cases)(`${end} after %s`, { timeout: LONGEST_MS }, async (said) => {
        const saying = `${HEAD}\n${SAID[said]}\n`;
        const expected = await runToEnd(path, [scriptOf(saying)], { runtime: false });
        for (let round = 0; round < ROUNDS; round += 1) {
          const script = `import time\ntime.sleep(${(round % 5) * 0.01})\n${saying}`;
          const run = await runToEnd(path, [scriptOf(script + code)]);
          const child = end.includes('child') ? 'of the child\n' : '';
          expect([run.code, run.stdout]).toEqual([exitCode, expected.stdout + child]);
          expect(run.stderr.startsWith(expected.stderr)).toBe(true);
        }
      });
    }

    test('a fatal signal leaves the Python stack, in which nothing is ours', async () => {
      const code = 'import ctypes\ndef inner():\n    ctypes.string_at(0)\ninner()';
      const { stderr } = await runToEnd(path, [scriptOf(code)]);
      expect(stderr).toMatch(/^Fatal Python error: Segmentation fault\n/);
      expect(stderr).toContain('line 3 in inner');
      expect(stderr).not.toContain('python_mcp');
    });

    test('a script’s own faulthandler stands', async () => {
      const code =
        "import ctypes, faulthandler\nfile = open('own', 'w')\nfaulthandler.enable(file)\nctypes.string_at(0)";
      expect((await runToEnd(path, [scriptOf(code)])).stderr).not.toContain('Fatal');
      const off = 'import ctypes, faulthandler\nfaulthandler.disable()\nctypes.string_at(0)';
      expect((await runToEnd(path, [scriptOf(off)])).stderr).not.toContain('Fatal');
    });
  });
}
