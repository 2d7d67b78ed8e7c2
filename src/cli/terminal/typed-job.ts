/** Which job is meant by what somebody typed: an id or its beginning, "last", "@2", a label. */
import type { JobService } from '../../jobs/job-service.ts';

/** As help has it; completion knows by it where a job belongs. */
export const ID = 'job: its id or the beginning of it, last, @2 (the one before), or its label';

/** @throws JobError unknown_job, invalid_request */
export function jobNamed(jobs: JobService, word: string): string {
  return jobs.inspect.idNamed(word) ?? jobs.idOf(word);
}
