import { expect, test } from 'vitest';
import { type Job, UNREADABLE } from '../../../../src/core/job.ts';
import { rerunInput } from '../../../../src/jobs/accept/rerun.ts';
import { jobFolder } from '../../../../src/output/files/job-folder.ts';

test('a job whose record cannot be read is not run again as something else', () => {
  const job = { id: '0123456789', request: UNREADABLE } as Job;
  expect(() => rerunInput(job, jobFolder('/nowhere', job.id), {})).toThrow(
    'the record of that job cannot be read. Start a new run.',
  );
});
