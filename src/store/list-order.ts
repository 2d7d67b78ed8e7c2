/** In which order a list of jobs comes, as SQL over `job_search` and `jobs`. */

/** `active`: what runs, what waits, then the rest, each newest first. */
export type ListOrder = 'newest' | 'oldest' | 'active' | 'longest' | 'shortest' | 'label';

const RAN = `coalesce(jobs.ended_at, unixepoch() * 1000) - jobs.started_at`;
const NEWEST = 'job_search.id DESC';

export const ORDER_BY: Record<ListOrder, string> = {
  newest: NEWEST,
  oldest: 'job_search.id',
  active: `CASE job_search.state
    WHEN 'running' THEN 0 WHEN 'preparing' THEN 0 WHEN 'pending' THEN 1 ELSE 2 END, ${NEWEST}`,
  longest: `${RAN} DESC NULLS LAST, ${NEWEST}`,
  shortest: `${RAN} NULLS LAST, ${NEWEST}`,
  // The label is what follows the id in the text.
  label: `substr(job_search.text, length(job_search.id) + 2), ${NEWEST}`,
};
