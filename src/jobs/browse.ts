/** Lists for people: filtered by text, with what running jobs are doing right now. */
import { hasEnded, type JobStatus } from '../core/job.ts';
import type { Engine } from './engine.ts';
import type { Finisher } from './finisher.ts';
import { jobItem, type JobItem } from './job-view.ts';

export type JobCounts = Record<JobStatus, number>;

export interface JobListing {
  jobs: JobItem[];
  total: number;
  next_page: number | null;
  /** Of the whole home, whatever the filter. */
  counts: JobCounts;
}

export interface BrowseRequest {
  status: JobStatus | null;
  /** Text to be found in id, label or tool; null = all jobs. */
  text: string | null;
  limit: number;
  /** From 1. */
  page: number;
}

export function browseJobs(
  engine: Engine,
  finisher: Finisher,
  { status, text, limit, page }: BrowseRequest,
): JobListing {
  const { store } = engine;
  const offset = (page - 1) * limit;
  const { jobs, total } =
    text === null
      ? store.list(status, limit, offset)
      : store.listMatching(text, status, limit, offset);
  const seen = jobs.map((job) => (hasEnded(job) ? job : (finisher.observe(job.id) ?? job)));
  return {
    jobs: seen.map((job) => jobItem(engine, job)),
    total,
    next_page: offset + limit < total ? page + 1 : null,
    counts: countJobs(engine),
  };
}

export function countJobs({ store }: Engine): JobCounts {
  return {
    pending: store.count('pending'),
    running: store.count('running'),
    completed: store.count('completed'),
    failed: store.count('failed'),
    cancelled: store.count('cancelled'),
  };
}
