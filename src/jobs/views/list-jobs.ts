/** Lists of jobs as they are now, filtered and in pages: the one list there is, for every adapter. */
import type { ListForPeopleInput } from '../../contract/inputs.ts';
import type { JobCounts, JobListing } from '../../contract/replies/lists.ts';
import type { Job } from '../../core/job.ts';
import type { JobFilter } from '../../store/job-filter.ts';
import type { MatchingPage } from '../../store/job-lists.ts';
import type { ListOrder } from '../../store/list-order.ts';
import type { Engine } from '../context/job-context.ts';
import type { EndRecorder } from '../run/record-end.ts';
import { jobItem } from './job-view.ts';

export function listJobs(
  engine: Engine,
  recorder: EndRecorder,
  input: ListForPeopleInput,
): JobListing {
  const { limit = 50, page = 1, sort = 'newest' } = input;
  const offset = (page - 1) * limit;
  const { jobs, total, counts, next } = filtered(engine, filterOf(input), sort, limit, offset);
  return {
    jobs: asTheyAre(jobs, recorder).map((job) => jobItem(engine, job)),
    total,
    next_page: page * limit < total ? page + 1 : null,
    next_from: next,
    counts,
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
  engine: Engine,
  filter: JobFilter,
  order: ListOrder,
  limit: number,
  offset: number,
): MatchingPage {
  const { lists } = engine;
  const { status, ...others } = filter;
  const isByStatus = Object.values(others).every((value) => value === null);
  // Of one state, which is first is asked by nobody.
  const isActive = order === 'active' && status === null;
  const isNewest = order === 'newest' || order === 'active';
  if (!isByStatus || !isNewest) return lists.matching(filter, order, limit, offset);
  const page = isActive ? lists.activeFirst(limit, offset) : lists.list(status, limit, offset);
  return { ...page, counts: countJobs(engine), next: null };
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
