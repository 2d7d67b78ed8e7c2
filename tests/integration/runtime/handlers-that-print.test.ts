/** A signal handler may print wherever its signal comes, also in the middle of a write. */
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { HEAVY } from '../../support/heavy.ts';
import { realInterpreters } from '../../support/interpreters.ts';
import { type Ended, scriptOf, startRun } from './job-run.ts';

/** `npm run test:heavy` does them all. */
const ROUNDS = HEAVY ? 60 : 5;
const LONGEST_MS = 60_000 + ROUNDS * 4_000;
/** So long that the signal comes while the kernel writes it. */
const LONG = 50_000_000;

const WAYS: Record<string, string> = {
  print: 'print("caught")',
  'print to stderr': 'print("caught", file=sys.stderr)',
  'a flushed print': 'print("caught", flush=True)',
  'parts of a line': 'print("cau", end=""); print("ght", end="\\n"); sys.stdout.flush()',
  bytes: 'sys.stdout.buffer.write(b"caught\\n"); sys.stdout.buffer.flush()',
};

/** `said` in one write: a print is two, between which a signal may come as well. */
const script = (way: string, said: string): string => `
import signal, sys, time
def end(*_):
    ${WAYS[way]}
    sys.exit(5)
signal.signal(signal.SIGINT, end)
sys.std${way === 'print to stderr' ? 'err' : 'out'}.write(${said} + "\\n")
while True: time.sleep(0.01)`;

/** As soon as anybody can know of the first byte. */
async function interrupted(python: string, text: string): Promise<Ended> {
  const run = startRun(python, [scriptOf(text)]);
  const logs = ['stdout.log', 'stderr.log'].map((name) => join(run.folder, name));
  const isSilent = () => logs.every((log) => statSync(log).size === 0);
  while (isSilent() && run.child.exitCode === null) await setImmediate();
  process.kill(-Number(run.child.pid), 'SIGINT');
  const code = await run.ended;
  return { code, stdout: run.stdout(), stderr: run.stderr() };
}

for (const { path, version } of await realInterpreters()) {
  describe(`Python ${version} (${path})`, () => {
    test.for(Object.keys(WAYS))('%s after the first line', { timeout: LONGEST_MS }, async (way) => {
      for (let round = 0; round < ROUNDS; round += 1) {
        const { code, stdout, stderr } = await interrupted(path, script(way, '"ready"'));
        expect([code, stdout + stderr]).toEqual([5, 'ready\ncaught\n']);
      }
    });

    test.for(Object.keys(WAYS))('%s within a long line', { timeout: LONGEST_MS }, async (way) => {
      const { code, stdout, stderr } = await interrupted(path, script(way, `"x" * ${LONG}`));
      expect([code, (stdout + stderr).replace(/^x+/, '')]).toEqual([5, '\ncaught\n']);
    });
  });
}
