/** The job that an address names. */
import type { Context } from 'hono';
import type { JobService } from '../../jobs/job-service.ts';
import { pathPart } from './check-request.ts';

/** Its whole id: the beginning will do. @throws JobError unknown_job, invalid_request */
export function jobPart(context: Context, jobs: JobService): string {
  return jobs.idOf(pathPart(context, 'id'));
}
