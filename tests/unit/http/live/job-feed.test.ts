/** What a follower is told at the end, when following cannot go on. */
import { expect, test } from 'vitest';
import { START } from '../../../../src/core/cursor.ts';
import { JobError } from '../../../../src/core/job-error.ts';
import type { Job } from '../../../../src/core/job.ts';
import { feedJob } from '../../../../src/http/live/job-feed.ts';
import type { JobService } from '../../../../src/jobs/job-service.ts';

/** A service whose look at the job has ended, with the job as `get` has it. */
function serviceWith(get: () => Job): JobService {
  const nothing = { from: 0, next: 0, bytes: new Uint8Array(), ended: true };
  return {
    read: { follow: () => ({ next: () => 'over', leave: () => {}, isUpToDate: false }) },
    inspect: { item: get, output: { page: () => nothing } },
    sessions: { view: () => null },
    get,
  } as unknown as JobService;
}

async function told(jobs: JobService): Promise<string[]> {
  const types: string[] = [];
  const deliver = ({ type }: { type: string }) => {
    types.push(type);
    return null;
  };
  await feedJob(jobs, 'job', START, deliver, new AbortController().signal);
  return types;
}

test('a job that goes on is not said to be removed: its follower is to come again', async () => {
  const running = { state: { name: 'running' } } as Job;
  await expect(told(serviceWith(() => running))).rejects.toThrow('could not be followed');
});

test('a job that is gone is said to be removed', async () => {
  const gone = serviceWith(() => {
    throw new JobError('unknown_job', 'There is no such job.');
  });
  expect(await told(gone)).toEqual(['removed']);
});
