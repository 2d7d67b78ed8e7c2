/** The page of all jobs: filters, search, one live page of the list. */
import { useEffect, useState } from 'preact/hooks';
import type { JobItem, JobList } from '../api/api-types.ts';
import { useNow } from '../kit/clock.ts';
import { count } from '../kit/format.ts';
import { JobRow } from './job-row.tsx';
import { useKeys } from '../kit/keyboard.ts';
import { ListHeads } from './list-heads.tsx';
import { Selection } from './selection.tsx';
import { rememberList, rememberScroll, scrollAsBefore } from '../frame/list-place.ts';
import { Filters } from './list-filters.tsx';
import { Loading, Notice, Problem } from '../kit/notice.tsx';
import { hrefOf, type ListQuery } from '../frame/router.ts';
import { PAGE_SIZE, useJobList } from './use-job-list.ts';

export function JobListPage(query: ListQuery) {
  const { list, error, retry } = useJobList(query);
  const selection = useSelection(list, query);
  useTitle(list);
  useListKeys(selection);
  usePlace(query, list !== null);
  return (
    <main class="page" id="main" tabIndex={-1}>
      <h1 class="unseen">Jobs</h1>
      <Filters query={query} list={list} />
      {error && <Problem text={error} retry={retry} />}
      {!list && !error && <Loading what="jobs" />}
      {list && <Rows list={list} query={query} selection={selection} />}
      <Selection jobs={selection.jobs} clear={selection.clear} />
    </main>
  );
}

interface ListProps {
  list: JobList;
  query: ListQuery;
}

function Rows({ list, query, selection }: ListProps & { selection: Selected }) {
  const now = useNow(true);
  if (list.jobs.length === 0) return <Empty list={list} query={query} />;
  return (
    <>
      <ListHeads
        query={query}
        isSelected={selection.jobs.length === list.jobs.length}
        select={(all) => selection.set(all ? list.jobs.map(({ id }) => id) : [])}
      />
      <ul class="job-list" aria-label="Jobs">
        {list.jobs.map((job) => (
          <JobRow
            key={job.id}
            job={job}
            now={now}
            isSelected={selection.jobs.includes(job)}
            select={() => selection.toggle(job.id)}
          />
        ))}
      </ul>
      <Pager list={list} query={query} />
    </>
  );
}

function Empty({ list, query }: ListProps) {
  if (query.q || query.status || query.client || query.since) {
    return (
      <Notice title="No job fits">
        <p>
          <a href="#/">Show all jobs</a> <OlderJobs list={list} query={query} />
        </p>
      </Notice>
    );
  }
  return (
    <Notice title="No jobs yet">
      <p>
        Ask your agent to run some Python, or <a href="#/run">run a script</a> here. Every run of
        this home folder appears on this page by itself.
      </p>
    </Notice>
  );
}

/** A search looks at the newest thousands of jobs; this goes on behind them. */
function OlderJobs({ list, query }: ListProps) {
  if (list.next_page !== null || list.next_from === null) return null;
  return (
    <a href={hrefOf({ page: 'jobs', ...query, from: list.next_from, number: 1 })}>
      Search older jobs →
    </a>
  );
}

function Pager({ list, query }: ListProps) {
  if (list.next_page === null && list.next_from === null && query.number === 1) return null;
  const first = (query.number - 1) * PAGE_SIZE + 1;
  const at = (number: number): string => hrefOf({ page: 'jobs', ...query, number });
  return (
    <nav class="pager" aria-label="Pages">
      {query.number > 1 && <a href={at(query.number - 1)}>← Newer</a>}
      <span>
        {count(first)}–{count(first + list.jobs.length - 1)} of {count(list.total)}
      </span>
      {list.next_page !== null && <a href={at(list.next_page)}>Older →</a>}
      <OlderJobs list={list} query={query} />
    </nav>
  );
}

/** Shows in the tab of the browser that something runs. */
function useTitle(list: JobList | null): void {
  const running = list?.counts.running ?? 0;
  useEffect(() => {
    document.title = running > 0 ? `(${running}) python-mcp` : 'python-mcp';
  }, [running]);
}

function useListKeys({ toggle, clear }: Selected): void {
  useKeys({
    j: () => moveFocus(1),
    k: () => moveFocus(-1),
    ArrowDown: () => moveFocus(1),
    ArrowUp: () => moveFocus(-1),
    x: () => {
      const id = document.activeElement?.closest<HTMLElement>('.job-row')?.dataset['id'];
      if (id) toggle(id);
    },
    Escape: clear,
  });
}

interface Selected {
  /** Those that are still on the page. */
  jobs: JobItem[];
  set: (ids: string[]) => void;
  toggle: (id: string) => void;
  clear: () => void;
}

/** Another list is another selection. */
function useSelection(list: JobList | null, query: ListQuery): Selected {
  const [ids, set] = useState<string[]>([]);
  const which = hrefOf({ page: 'jobs', ...query });
  useEffect(() => set([]), [which]);
  const toggle = (id: string): void =>
    set((before) => (before.includes(id) ? before.filter((one) => one !== id) : [...before, id]));
  const jobs = list?.jobs.filter(({ id }) => ids.includes(id)) ?? [];
  return { jobs, set, toggle, clear: () => set([]) };
}

/** The way back leads to where one was. */
function usePlace(query: ListQuery, isShown: boolean): void {
  const href = hrefOf({ page: 'jobs', ...query });
  useEffect(() => rememberList(href), [href]);
  useEffect(() => {
    if (isShown) scrollAsBefore();
  }, [isShown]);
  useEffect(() => {
    addEventListener('scroll', rememberScroll, { passive: true });
    return () => removeEventListener('scroll', rememberScroll);
  }, []);
}

function moveFocus(by: 1 | -1): void {
  const links = [...document.querySelectorAll<HTMLAnchorElement>('.job-list a')];
  const at = links.indexOf(document.activeElement as HTMLAnchorElement);
  const next = at === -1 ? (by === 1 ? 0 : links.length - 1) : at + by;
  links[Math.min(Math.max(next, 0), links.length - 1)]?.focus();
}
