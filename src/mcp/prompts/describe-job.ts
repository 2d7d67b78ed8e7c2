/** What is known of a job, as one line in a prompt. */
import type { JobService } from '../../jobs/job-service.ts';

/** @throws JobError unknown_job */
export function describeJob(jobs: JobService, id: string): string {
  const { label, status, error } = jobs.view(id);
  return `Job ${id} (${label}) is ${status}${error === null ? '' : `: ${error}`}.`.replace(
    /\.\.$/,
    '.',
  );
}
