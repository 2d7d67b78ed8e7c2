import { worded } from '../../../../src/core/wording.ts';
import { expect, test } from 'vitest';
import type { EndedJob, Outcome } from '../../../../src/core/job.ts';
import { missingInput } from '../../../../src/jobs/views/missing-input.ts';

const TRACEBACK = 'Traceback (most recent call last):\n  …\nEOFError: EOF when reading a line\n';

function ended(outcome: Outcome, request: { hasStdin?: boolean; interactive?: boolean } = {}) {
  const none = { hasStdin: false, interactive: false };
  return { request: { ...none, ...request }, state: { outcome } } as EndedJob;
}

const failed = ended({ kind: 'exited', code: 1 });

test('a script that asked in vain is told how to be answered', () => {
  expect(worded(missingInput(failed, TRACEBACK) ?? '')).toMatch(/pass stdin, or interactive=true/);
  expect(missingInput(failed, 'EOFError: EOF when reading a line')).not.toBeNull();
});

test.each([
  ['went on', ended({ kind: 'exited', code: 0 }), TRACEBACK],
  ['was cancelled', ended({ kind: 'cancelled' }), TRACEBACK],
  ['had some', ended({ kind: 'exited', code: 1 }, { hasStdin: true }), TRACEBACK],
  ['could be asked', ended({ kind: 'exited', code: 1 }, { interactive: true }), TRACEBACK],
  ['failed afterwards', failed, `${TRACEBACK}ValueError: x\n`],
  ['speaks of it', failed, 'log: EOFError: EOF when reading a line\n'],
])('nothing is said of a script that %s', (_name, job, stderr) => {
  expect(missingInput(job, stderr)).toBeNull();
});
