/** Which jobs to show. */
import { useEffect, useRef, useState } from 'preact/hooks';
import { type JobList, type Status, STATUSES } from '../api/api-types.ts';
import { count, plain } from '../kit/format.ts';
import { useKeys } from '../kit/keyboard.ts';
import { change, go, hrefOf, type ListQuery, type Since } from '../frame/router.ts';
import { StateIcon, STATUS_WORDS } from '../kit/job-state.tsx';

const TYPING_PAUSE_MS = 200;

interface FiltersProps {
  query: ListQuery;
  counts: JobList['counts'] | null;
}

export function Filters({ query, list }: { query: ListQuery; list: JobList | null }) {
  const counts = list?.counts ?? null;
  return (
    <div class="filters">
      <nav aria-label="Filter by state">
        <FilterLink query={query} status={null} counts={counts} />
        {STATUSES.map((status) => (
          <FilterLink key={status} query={query} status={status} counts={counts} />
        ))}
      </nav>
      <SinceFilter query={query} />
      <ClientFilter query={query} names={list?.clients ?? []} />
      <SearchBox query={query} />
      <a class="button primary" href="#/run">
        New run
      </a>
    </div>
  );
}

function FilterLink({ query, status, counts }: FiltersProps & { status: Status | null }) {
  const chosen = query.status === status;
  const sum = counts && Object.values(counts).reduce((total, some) => total + some, 0);
  const number = counts && (status === null ? sum : counts[status]);
  return (
    <a
      class="filter"
      href={hrefOf({ page: 'jobs', ...query, status, from: null, number: 1 })}
      aria-current={chosen ? 'true' : undefined}
    >
      {status && <StateIcon status={status} />}
      {status ? STATUS_WORDS[status] : 'All'}
      <span class="count">{number === null ? '' : count(number)}</span>
    </a>
  );
}

const TIMES: Record<Since, string> = { hour: 'Last hour', day: 'Last day', week: 'Last week' };

function SinceFilter({ query }: { query: ListQuery }) {
  const choose = (since: string): void =>
    go({ page: 'jobs', ...query, since: since ? (since as Since) : null, from: null, number: 1 });
  return (
    <select
      class="client-filter"
      aria-label="Filter by time"
      value={query.since ?? ''}
      onChange={(event) => choose(event.currentTarget.value)}
    >
      <option value="">Any time</option>
      {Object.entries(TIMES).map(([since, name]) => (
        <option key={since} value={since}>
          {name}
        </option>
      ))}
    </select>
  );
}

/** Where there is something to choose from. */
function ClientFilter({ query, names }: { query: ListQuery; names: string[] }) {
  const { client } = query;
  if (names.length < 2 && client === null) return null;
  const all = client === null || names.includes(client) ? names : [...names, client];
  const choose = (name: string): void =>
    go({ page: 'jobs', ...query, client: name || null, from: null, number: 1 });
  return (
    <select
      class="client-filter"
      aria-label="Filter by client"
      value={client ?? ''}
      onChange={(event) => choose(event.currentTarget.value)}
    >
      <option value="">All clients</option>
      {all.map((name) => (
        <option key={name} value={name}>
          {plain(name)}
        </option>
      ))}
    </select>
  );
}

function SearchBox({ query }: { query: ListQuery }) {
  const box = useRef<HTMLInputElement>(null);
  const { text, type } = useSearchText(query);
  useKeys({ '/': () => box.current?.focus() });
  const leave = (event: KeyboardEvent): void => {
    if (event.key !== 'Escape') return;
    if (text) type('');
    else box.current?.blur();
  };
  return (
    <search class="search-box">
      <input
        ref={box}
        type="search"
        aria-label="Search jobs by label, id, script, error or client"
        placeholder="Search jobs  ( / )"
        autocomplete="off"
        spellcheck={false}
        maxLength={200}
        value={text}
        onInput={(event) => type(event.currentTarget.value)}
        onKeyDown={leave}
      />
    </search>
  );
}

/** What is typed goes into the address once typing pauses. */
function useSearchText(query: ListQuery) {
  const [text, setText] = useState(query.q);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  useEffect(() => setText(query.q), [query.q]);
  useEffect(() => () => clearTimeout(timer.current), []);
  const type = (value: string): void => {
    setText(value);
    clearTimeout(timer.current);
    const apply = (): void => change({ page: 'jobs', ...query, q: value, from: null, number: 1 });
    timer.current = setTimeout(apply, TYPING_PAUSE_MS);
  };
  return { text, type };
}
