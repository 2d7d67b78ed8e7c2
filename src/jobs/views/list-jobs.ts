/** Lists of jobs as they are now, filtered and in pages: the one list there is, for every adapter. */
import type { ListForPeopleInput } from '../../contract/inputs.ts';
import type { JobCounts, JobListing } from '../../contract/replies/lists.ts';
import type { Job } from '../../core/job.ts';
import type { JobFilter, MatchingPage } from '../../store/job-lists.ts';
import type { Engine } from '../context/job-context.ts';
import type { EndRecorder } from '../run/record-end.ts';
import { jobItem } from './job-view.ts';

export function listJobs(
  engine: Engine,
  recorder: EndRecorder,
  input: ListForPeopleInput,
): JobListing {
  const { limit = 50, page = 1 } = input;
  const { jobs, total, next } = filtered(engine, filterOf(input), limit, (page - 1) * limit);
  return {
    jobs: asTheyAre(jobs, recorder).map((job) => jobItem(engine, job)),
    total,
    next_page: page * limit < total ? page + 1 : null,
    next_from: next,
    counts: countJobs(engine),
    clients: engine.lists.clientNames(),
  };
}

/** An empty field of a form is none. */
function filterOf({ status_filter: status, ...input }: ListForPeopleInput): JobFilter {
  const { search, client, label, since, from } = input;
  return {
    status: status ?? null,
    text: search || null,
    client: client || null,
    label: label || null,
    since: since === undefined ? null : Date.parse(since),
    from: from || null,
  };
}

/** Pages by status alone know their total without looking at a job. */
function filtered(
  { lists }: Engine,
  filter: JobFilter,
  limit: number,
  offset: number,
): MatchingPage {
  const { status, ...others } = filter;
  const isByStatus = Object.values(others).every((value) => value === null);
  if (isByStatus) return { ...lists.list(status, limit, offset), next: null };
  return lists.matching(filter, limit, offset);
}

function asTheyAre(jobs: Job[], recorder: EndRecorder): Job[] {
  return jobs.map((job) => recorder.asItIs(job));
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
