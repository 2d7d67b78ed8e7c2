/** Lists of jobs as they are now: plain pages, and for people filtered ones with what is going on. */
import type { ListJobsInput } from '../../contract/inputs.ts';
import { hasEnded, type Job, type JobStatus } from '../../core/job.ts';
import type { JobFilter, JobPage } from '../../store/job-lists.ts';
import type { Engine } from '../context/job-context.ts';
import type { Finisher } from '../run/record-end.ts';
import { jobItem, type JobItem, jobSummary, type JobSummary } from './job-view.ts';

export type JobCounts = Record<JobStatus, number>;

export interface JobList {
  jobs: JobSummary[];
  total: number;
  next_page: number | null;
}

export interface JobListing extends JobList {
  jobs: JobItem[];
  /** Id to begin at to look at older jobs; null when all were looked at. */
  next_from: string | null;
  /** Of the whole home, whatever the filter. */
  counts: JobCounts;
  /** Names to filter by. */
  clients: string[];
}

export interface BrowseRequest extends JobFilter {
  limit: number;
  /** From 1. */
  page: number;
}

export function listJobs(engine: Engine, finisher: Finisher, input: ListJobsInput): JobList {
  const { status_filter: status = null, limit = 50, page = 1 } = input;
  const { jobs, total } = engine.lists.list(status, limit, (page - 1) * limit);
  const now = Date.now();
  return {
    jobs: asTheyAre(jobs, finisher).map((job) => jobSummary(job, now)),
    total,
    next_page: page * limit < total ? page + 1 : null,
  };
}

export function browseJobs(
  engine: Engine,
  finisher: Finisher,
  { limit, page, ...filter }: BrowseRequest,
): JobListing {
  const { jobs, total, next } = filtered(engine, filter, limit, (page - 1) * limit);
  return {
    jobs: asTheyAre(jobs, finisher).map((job) => jobItem(engine, job)),
    total,
    next_page: page * limit < total ? page + 1 : null,
    next_from: next,
    counts: countJobs(engine),
    clients: engine.lists.clientNames(),
  };
}

/** Pages by status alone know their total without looking at a job. */
function filtered(
  { lists }: Engine,
  filter: JobFilter,
  limit: number,
  offset: number,
): JobPage & { next: string | null } {
  const { status, text, client, from } = filter;
  const byStatus = text === null && client === null && from === null;
  if (byStatus) return { ...lists.list(status, limit, offset), next: null };
  return lists.matching(filter, limit, offset);
}

function asTheyAre(jobs: Job[], finisher: Finisher): Job[] {
  return jobs.map((job) => (hasEnded(job) ? job : (finisher.observe(job.id) ?? job)));
}

export function countJobs({ lists }: Engine): JobCounts {
  return {
    pending: lists.count('pending'),
    running: lists.count('running'),
    completed: lists.count('completed'),
    failed: lists.count('failed'),
    cancelled: lists.count('cancelled'),
  };
}
