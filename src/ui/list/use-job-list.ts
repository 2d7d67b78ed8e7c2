/** One page of the list of jobs, live. */
import { useEffect, useState } from 'preact/hooks';
import { announce } from '../kit/announce.tsx';
import { messageOf, query } from '../api/api.ts';
import type { JobItem, JobList } from '../api/api-types.ts';
import { follow } from '../api/follow.ts';
import { plain } from '../kit/format.ts';
import { type ListQuery, type Since, SINCE } from '../frame/router.ts';
import { stateWord } from '../kit/job-state.tsx';

export const PAGE_SIZE = 50;

export function useJobList({ status, client, q, sort, since, from, number }: ListQuery) {
  const [list, setList] = useState<JobList | null>(null);
  const [error, setError] = useState<string | null>(null);
  const [attempt, setAttempt] = useState(0);
  useEffect(() => {
    const controller = new AbortController();
    const which = { status, client, q: q || null, from, since: since && startOf(since) };
    const path = `/events${query({ ...which, sort: sort ?? 'active', limit: PAGE_SIZE, page: number })}`;
    let before: JobItem[] | null = null;
    const take = ({ event, data }: { event: string; data: unknown }): boolean => {
      if (event !== 'list') return false;
      const next = data as JobList;
      if (before) announceChanges(before, next.jobs);
      before = next.jobs;
      setList(next);
      return false;
    };
    setError(null);
    follow({ path, lastId: null, take }, controller.signal).catch((reason: unknown) =>
      setError(messageOf(reason)),
    );
    return () => controller.abort();
  }, [status, client, q, sort, since, from, number, attempt]);
  return { list, error, retry: () => setAttempt(attempt + 1) };
}

function startOf(since: Since): string {
  return new Date(Date.now() - SINCE[since] * 1000).toISOString();
}

/** The end of a job is told; that it prints and moves is not. */
function announceChanges(before: JobItem[], after: JobItem[]): void {
  const known = new Map(before.map((job) => [job.id, job.status]));
  const changed = after.filter((job) => (known.get(job.id) ?? job.status) !== job.status);
  if (changed.length === 0) return;
  announce(changed.map((job) => `${plain(job.label)}: ${stateWord(job)}`).join('. '));
}
