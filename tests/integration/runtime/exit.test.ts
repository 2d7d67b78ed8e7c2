/** The end of a job's Python: its usage record, and no thread that finalization could meet. */
import { describe, expect, test } from 'vitest';
import { realInterpreters } from '../../support/interpreters.ts';
import { runToEnd, scriptOf, startRun } from './job-run.ts';

/** Short scripts in a row, each ending while the thread is as busy as it can be. */
const ENDINGS = 25;

async function usageOf(python: string, code: string): Promise<Record<string, number> | null> {
  const { left, stderr } = await runToEnd(python, [scriptOf(code)]);
  expect(stderr).toBe('');
  expect(left('usage.json.part')).toBeNull();
  const text = left('usage.json');
  return text === null ? null : (JSON.parse(text) as Record<string, number>);
}

for (const { path, version } of await realInterpreters()) {
  describe(`Python ${version} (${path})`, () => {
    test('usage counts the script and its children', async () => {
      const code = `
import subprocess, sys, time
held = bytearray(60_000_000)
subprocess.run([sys.executable, '-c', 'held = bytearray(120_000_000)'])
while time.process_time() < 0.3: pass`;
      const usage = await usageOf(path, code);
      expect(usage?.['cpu_seconds']).toBeGreaterThan(0.3);
      expect(usage?.['cpu_seconds']).toBeLessThan(60);
      expect(usage?.['peak_rss_bytes']).toBeGreaterThan(120_000_000);
      expect(usage?.['peak_rss_bytes']).toBeLessThan(1_000_000_000);
    });

    test.for(['raise ValueError', 'import sys; sys.exit(3)'])(
      'after %s it is there',
      async (code) => {
        const { left } = await runToEnd(path, [scriptOf(code)]);
        expect(left('usage.json')).not.toBeNull();
      },
    );

    test('it says that the exit hook was reached: not after os._exit', async () => {
      expect(await usageOf(path, 'import os; os._exit(0)')).toBeNull();
    });

    test.for([
      ['a forked child', 'import os, sys\nif os.fork() == 0: sys.exit(0)\nos.wait()'],
      [
        'a Python it starts',
        "import subprocess, sys, os\nsubprocess.call([sys.executable, '-c', ''])",
      ],
      [
        'a Python under a shell in a new session',
        "import subprocess, sys, os\nsubprocess.call(['sh', '-c', sys.executable + ' -c 1; true'], start_new_session=True)",
      ],
    ])('%s does not write it', async ([, code]) => {
      expect(await usageOf(path, `${code}\nos._exit(0)`)).toBeNull();
    });

    test('a program after exec writes it', async () => {
      const code = "import os, sys\nos.execv(sys.executable, [sys.executable, '-c', ''])";
      expect(await usageOf(path, code)).not.toBeNull();
    });

    test(`${ENDINGS} scripts end while their output is being flushed`, async () => {
      const code = `
import sys, threading, time
def chatter():
    while True:
        sys.stderr.write('')
        time.sleep(0.0001)
threading.Thread(target=chatter, daemon=True).start()
for number in range(int(sys.argv[1])):
    print(number)`;
      const script = scriptOf(code);
      for (let round = 0; round < ENDINGS; round += 1) {
        const count = (round * 397) % 5000;
        const { left: _, ...seen } = await runToEnd(path, [script, String(count)], {
          env: { PYTHON_MCP_FLUSH_MS: '0.1' },
        });
        const stdout = Array.from({ length: count }, (__, number) => `${number}\n`).join('');
        expect(seen).toEqual({ code: 0, stderr: '', stdout });
      }
    });

    test('an unwritable work directory is nobody’s problem', async () => {
      const run = startRun(path, [
        scriptOf("import shutil, os\nprint(1)\nshutil.rmtree(os.environ['PYTHON_MCP_WORK'])"),
      ]);
      expect(await run.ended).toBe(0);
      expect([run.stdout(), run.stderr()]).toEqual(['1\n', '']);
    });
  });
}
