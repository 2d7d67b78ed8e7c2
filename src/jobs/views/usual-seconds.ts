/** How long a job may be expected to run: as its script did before. */
import { hasEnded, type Job, type JobRequest } from '../../core/job.ts';
import type { JobFilter } from '../../store/job-filter.ts';
import type { Engine } from '../context/job-context.ts';

/** Newer runs tell more than old ones. */
const RUNS = 9;
const LOOKED_AT = 50;
const COMPLETED: JobFilter = {
  status: 'completed',
  text: null,
  client: null,
  label: null,
  since: null,
  from: null,
};

/** Median of its earlier runs that completed, those with the same arguments where there are any. */
export function usualSeconds({ lists }: Pick<Engine, 'lists'>, job: Job): number | null {
  const filter = { ...COMPLETED, label: job.request.label, from: job.id };
  const { jobs } = lists.matching(filter, 'newest', LOOKED_AT, 0);
  const runs = jobs.filter((other) => other.id !== job.id && isSame(other.request, job.request));
  const alike = runs.filter(({ request }) => isDeepSame(request.args, job.request.args));
  const seconds = (alike.length > 0 ? alike : runs).slice(0, RUNS).flatMap(secondsOf);
  return seconds.toSorted((a, b) => a - b)[Math.floor(seconds.length / 2)] ?? null;
}

/** Code that was given inline has no name by which it could be known again. */
function isSame(one: JobRequest, other: JobRequest): boolean {
  if (one.session || other.session || one.benchmark || other.benchmark) return false;
  const names = [one, other].map(({ scriptPath, module, command }) => [
    scriptPath,
    module,
    command?.[0],
  ]);
  return isDeepSame(names[0], names[1]) && names[0]?.some(Boolean) === true;
}

function isDeepSame(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}

function secondsOf(job: Job): number[] {
  if (!hasEnded(job) || job.state.startedAt === null) return [];
  return [(job.state.endedAt - job.state.startedAt) / 1000];
}
