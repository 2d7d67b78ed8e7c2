/** Lists of jobs: pages, newest first. */
import * as z from 'zod';
import { named, names, remarks, text } from './fields.ts';
import { JobItem, JobSummary } from './one-job.ts';

const count = z.int().min(0);

export const Counts = named('Counts', 'How many jobs there are in each state.', {
  pending: count.describe('Waiting for their turn.'),
  running: count.describe('Running, or about to.'),
  completed: count.describe('Completed.'),
  failed: count.describe('Failed.'),
  cancelled: count.describe('Cancelled.'),
});

const page = {
  total: count.describe('Jobs that fit, on all pages.'),
  next_page: z.int().min(2).nullable().describe('Null on the last page.'),
  next_from: text.nullable().describe('There are older jobs, not looked at: go on at this one.'),
};

export const JobList = named('JobList', 'A page of the jobs there are.', {
  jobs: z.array(JobSummary).describe('Newest first.'),
  ...page,
  ...remarks,
});

export const JobListing = named('JobListing', 'A page of the jobs there are, for people.', {
  jobs: z.array(JobItem).describe('In the order asked for.'),
  ...page,
  counts: Counts.describe('Of the jobs that fit the other filters, in any state.'),
  clients: names.describe('Names of clients to filter by, at most 50.'),
  ...remarks,
});

export type JobCounts = z.infer<typeof Counts>;
export type JobList = z.infer<typeof JobList>;
export type JobListing = z.infer<typeof JobListing>;
