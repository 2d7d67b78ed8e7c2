/** Where tracing is for ancestors only (Yama), less is seen of a process: what is said then is true, too. */

import { execFileSync, spawn } from 'node:child_process';
import { closeSync, constants, mkdtempSync, openSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, inject, onTestFinished, test } from 'vitest';
import { restsAtItsOnlyPipe } from '../../../../src/executors/local/read-of-input.ts';
import { waitFor } from '../../../support/wait-for.ts';

test.each([
  ['its only pipe', 'input()', true],
  [
    'one pipe of several',
    'import os, sys\nr, w = os.pipe()\nprint(flush=True)\nos.read(r, 1)',
    false,
  ],
])('a process that reads from %s: %s', async (_name, code, expected) => {
  const home = mkdtempSync(join(tmpdir(), 'read-of-input-'));
  const path = join(home, 'stdin');
  execFileSync('mkfifo', [path]);
  const pipe = openSync(path, constants.O_RDWR);
  const reader = openSync(path, constants.O_RDONLY);
  const child = spawn(inject('python'), ['-c', code], { stdio: [reader, 'ignore', 'ignore'] });
  onTestFinished(() => {
    child.kill('SIGKILL');
    [pipe, reader].forEach(closeSync);
    rmSync(home, { recursive: true });
  });
  const pid = Number(child.pid);
  const rests = () => restsAtItsOnlyPipe(pid, String(pid), statSync(path));
  if (expected) await waitFor(rests, 20_000);
  else await waitFor(() => sleepsInPipe(pid), 20_000).then(() => expect(rests()).toBe(false));
});

function sleepsInPipe(pid: number): boolean {
  return execFileSync('cat', [`/proc/${pid}/wchan`], { encoding: 'utf8' }).includes('pipe_read');
}
