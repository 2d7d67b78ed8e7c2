import { expect, test } from 'vitest';
import type { EndedJob, Outcome } from '../../../../src/core/job.ts';
import { missingPip } from '../../../../src/jobs/views/missing-pip.ts';

const ended = (outcome: Outcome) => ({ state: { outcome } }) as EndedJob;
const failed = ended({ kind: 'exited', code: 1 });

test.each([
  "Traceback (most recent call last):\nModuleNotFoundError: No module named 'pip'\n",
  '/x/bin/python: No module named pip\nsubprocess.CalledProcessError: …\n',
])('a script that called pip in vain is told where packages are named', (stderr) => {
  expect(missingPip(failed, stderr)).toContain('name the packages in');
});

test.each([
  ['went on', ended({ kind: 'exited', code: 0 }), 'python: No module named pip\n'],
  ['lacks another', failed, "ModuleNotFoundError: No module named 'pipes'\n"],
])('nothing is said of a script that %s', (_what, job, stderr) => {
  expect(missingPip(job, stderr)).toBeNull();
});
