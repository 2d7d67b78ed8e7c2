/** What the columns of the list are, and in which order it comes. */
import { hrefOf, type ListQuery, type Sort } from '../frame/router.ts';

/** What a second click on a head asks for. */
const REVERSED: Partial<Record<Sort, Sort>> = { newest: 'oldest', longest: 'shortest' };
const ARROWS: Record<Sort, string> = {
  newest: '↓',
  oldest: '↑',
  longest: '↓',
  shortest: '↑',
  label: '↑',
};

interface HeadsProps {
  query: ListQuery;
  /** All that is on the page. */
  isSelected: boolean;
  select: (all: boolean) => void;
}

export function ListHeads({ query, isSelected, select }: HeadsProps) {
  return (
    <nav class="job-heads" aria-label="Sort the list">
      <input
        type="checkbox"
        aria-label="Select all jobs of this page"
        checked={isSelected}
        onChange={(event) => select(event.currentTarget.checked)}
      />
      <Head query={query} name="State" sort={null} />
      <Head query={query} name="Job" sort="label" />
      <span class="job-tool">Tool</span>
      <span class="job-client">Client</span>
      <span class="job-size">Output</span>
      <Head query={query} name="Duration" sort="longest" place="job-duration" />
      <Head query={query} name="Accepted" sort="newest" place="job-time" />
    </nav>
  );
}

interface HeadProps {
  query: ListQuery;
  name: string;
  /** Null: what runs first. */
  sort: Sort | null;
  place?: string;
}

function Head({ query, name, sort, place = '' }: HeadProps) {
  const reversed = sort && REVERSED[sort];
  const isChosen = query.sort === sort || (reversed !== undefined && query.sort === reversed);
  const next = query.sort === sort && reversed ? reversed : sort;
  const arrow = query.sort ? ARROWS[query.sort] : '↓';
  return (
    <a
      class={place}
      href={hrefOf({ page: 'jobs', ...query, sort: next, from: null, number: 1 })}
      aria-current={isChosen ? 'true' : undefined}
      title={sort === null ? 'What runs first' : `Sort by ${name.toLowerCase()}`}
    >
      {name}
      {isChosen && <span aria-hidden="true"> {arrow}</span>}
    </a>
  );
}
