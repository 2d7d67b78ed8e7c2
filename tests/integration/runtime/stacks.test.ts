/** Where the Python of a job is, told by itself when a control file asks for it, or on a signal. */
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { realInterpreters } from '../../support/interpreters.ts';
import { waitFor } from '../../support/wait-for.ts';
import { type JobRun, runToEnd, scriptOf, startRun } from './job-run.ts';

const WITHIN_MS = 30_000;

const WAITS = `
import asyncio, threading
def below(): threading.Event().wait()
threading.Thread(target=below, name='worker').start()
async def inner(): await asyncio.sleep(600)
async def outer(): await inner()
async def main():
    task = asyncio.ensure_future(outer())
    print('up')
    await task
asyncio.get_event_loop_policy().new_event_loop().run_until_complete(main())
`;

// The engine of patterns holds the interpreter's lock from start to end.
const IN_C = `import re\nprint('up')\ndef match(): re.match('(a+)+$', 'a' * 60 + 'b')\nmatch()`;

async function startUp(python: string, code: string): Promise<JobRun> {
  const run = startRun(python, [scriptOf(code)]);
  await waitFor(() => run.stdout() === 'up\n', WITHIN_MS, 'its start');
  return run;
}

/** As a server does: a new file is a new question. */
function ask(run: JobRun): void {
  const path = join(run.folder, 'work/.python_mcp/stack.ask');
  writeFileSync(`${path}.part`, '');
  renameSync(`${path}.part`, path);
}

/** Asks until it has come to where it stays: what it printed came before that. */
async function askUntil(run: JobRun, isThere: RegExp): Promise<string> {
  const answers = (): string[] => (run.left('stack') ?? '').split(/^end\n/m);
  return waitFor(async () => {
    const before = answers().length;
    ask(run);
    await waitFor(() => answers().length > before, WITHIN_MS, 'an answer');
    return isThere.test(answers().at(-2) ?? '') && answers().at(-2);
  }, WITHIN_MS) as Promise<string>;
}

function pidOf({ child: { pid } }: JobRun): number {
  return Number(readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8'));
}

for (const { path, version } of await realInterpreters()) {
  describe(`Python ${version} (${path})`, () => {
    test('all threads and what waits in a loop, and only when asked', async () => {
      const run = await startUp(path, WAITS);
      expect(run.left('stack')).toBe('');
      const told = await askUntil(
        run,
        /^Task-\d+ .*\n  .* in sleep\n  .* in inner\n  .* in outer\n/m,
      );
      expect(told).toMatch(new RegExp(`^process ${pidOf(run)}\n`));
      expect(told).toMatch(/^worker \(most recent call first\):\n(  .*\n)*?  .* in below\n/m);
      expect(told).toMatch(/^MainThread .*\n(  .*\n)*  .* in <module>\n/m);
    });

    test('a loop: one of its lines, wherever in it threads take turns', async () => {
      const run = await startUp(path, 'import sys\nprint("up")\nn = 0\nwhile True:\n    n += 1');
      for (let look = 0; look < 5; look += 1) await askUntil(run, /line [45] in <module>\n/);
      expect(run.left('stack')).not.toMatch(/line 1 in/);
    });

    test('C code that holds the lock: on a signal', async () => {
      const run = await startUp(path, IN_C);
      const told = (): string => run.left('stack') ?? '';
      await waitFor(() => {
        process.kill(pidOf(run), 'SIGURG');
        return /in match\n.* in <module>\n/.test(told());
      }, WITHIN_MS);
      expect(run.child.exitCode).toBeNull();
      expect(run.stderr()).toBe('');
    });

    test('descriptors of the script have the numbers that they have without us', async () => {
      const script = scriptOf(`import os\nprint(os.open('/dev/null', 0))`);
      const { stdout } = await runToEnd(path, [script]);
      expect(stdout).toBe((await runToEnd(path, [script], { runtime: false })).stdout);
    });
  });
}
