/** Which page: in the fragment, so that the server has one file to serve and no path to check. */
import { useEffect, useState } from 'preact/hooks';
import type { Status, StreamName } from '../api/api-types.ts';
import { STATUSES } from '../api/api-types.ts';

export const SORTS = ['newest', 'oldest', 'longest', 'shortest', 'label'] as const;
export type Sort = (typeof SORTS)[number];

export const SINCE = { hour: 3600, day: 86_400, week: 604_800 };
export type Since = keyof typeof SINCE;
const SINCES = Object.keys(SINCE) as Since[];

/** Which part of the list. */
export interface ListQuery {
  status: Status | null;
  /** Name of one, or null for all. */
  client: string | null;
  q: string;
  /** Null: what runs first. */
  sort: Sort | null;
  since: Since | null;
  /** Id of the newest job looked at; null = of all. */
  from: string | null;
  /** Of the page, from 1. */
  number: number;
}

/** A line of the output. */
export interface LineRef {
  stream: StreamName;
  /** From 1. */
  number: number;
}

export type Route =
  | ({ page: 'jobs' } & ListQuery)
  | { page: 'job'; id: string; line: LineRef | null }
  | { page: 'run'; again: string | null }
  | { page: 'scripts'; name: string | null };

export function parseRoute(hash: string): Route {
  const [path = '', search = ''] = hash.replace(/^#\/?/, '').split('?', 2);
  const [first, second, third = ''] = path.split('/');
  if (first === 'jobs' && second) {
    return { page: 'job', id: decodeURIComponent(second), line: lineIn(third) };
  }
  if (first === 'run') return { page: 'run', again: second ? decodeURIComponent(second) : null };
  if (first === 'scripts') {
    return { page: 'scripts', name: second ? decodeURIComponent(second) : null };
  }
  const values = new URLSearchParams(search);
  return {
    page: 'jobs',
    status: STATUSES.find((status) => status === values.get('status')) ?? null,
    client: values.get('client') || null,
    q: values.get('q') ?? '',
    sort: SORTS.find((sort) => sort === values.get('sort')) ?? null,
    since: SINCES.find((since) => since === values.get('since')) ?? null,
    from: values.get('from'),
    number: Math.max(1, Number.parseInt(values.get('page') ?? '1', 10) || 1),
  };
}

export function hrefOf(route: Route): string {
  if (route.page === 'job') return `#/jobs/${encodeURIComponent(route.id)}${lineText(route.line)}`;
  if (route.page === 'run') {
    return route.again === null ? '#/run' : `#/run/${encodeURIComponent(route.again)}`;
  }
  if (route.page === 'scripts') {
    return route.name === null ? '#/scripts' : `#/scripts/${encodeURIComponent(route.name)}`;
  }
  const values = new URLSearchParams();
  if (route.status) values.set('status', route.status);
  if (route.client) values.set('client', route.client);
  if (route.q) values.set('q', route.q);
  if (route.sort) values.set('sort', route.sort);
  if (route.since) values.set('since', route.since);
  if (route.from) values.set('from', route.from);
  if (route.number > 1) values.set('page', String(route.number));
  const search = values.toString();
  return search ? `#/?${search}` : '#/';
}

/** "L12" is a line of stdout, "stderr-L12" one of stderr. */
function lineIn(text: string): LineRef | null {
  const [, prefix, number] = /^(stderr-)?L(\d{1,15})$/.exec(text) ?? [];
  if (!number) return null;
  return { stream: prefix ? 'stderr' : 'stdout', number: Math.max(1, Number(number)) };
}

function lineText(line: LineRef | null): string {
  if (line === null) return '';
  return `/${line.stream === 'stderr' ? 'stderr-' : ''}L${line.number}`;
}

export function jobRoute(id: string, line: LineRef | null = null): Route {
  return { page: 'job', id, line };
}

export function go(route: Route): void {
  location.hash = hrefOf(route);
}

/** Instead of the present entry in the history: for what changes with every key. */
export function change(route: Route): void {
  history.replaceState(null, '', hrefOf(route));
  dispatchEvent(new HashChangeEvent('hashchange'));
}

export const ALL_JOBS: Route = {
  page: 'jobs',
  status: null,
  client: null,
  q: '',
  sort: null,
  since: null,
  from: null,
  number: 1,
};

export function useRoute(): Route {
  const [route, setRoute] = useState(() => parseRoute(location.hash));
  useEffect(() => {
    const read = (): void => setRoute(parseRoute(location.hash));
    addEventListener('hashchange', read);
    return () => removeEventListener('hashchange', read);
  }, []);
  return route;
}
