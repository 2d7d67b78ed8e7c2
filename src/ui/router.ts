/** Which page: in the fragment, so that the server has one file to serve and no path to check. */
import { useEffect, useState } from 'preact/hooks';
import type { Status } from './api-types.ts';
import { STATUSES } from './api-types.ts';

export type Route =
  | { page: 'jobs'; status: Status | null; q: string; number: number }
  | { page: 'job'; id: string }
  | { page: 'scripts'; name: string | null };

export function parseRoute(hash: string): Route {
  const [path = '', search = ''] = hash.replace(/^#\/?/, '').split('?', 2);
  const [first, second] = path.split('/');
  if (first === 'jobs' && second) return { page: 'job', id: decodeURIComponent(second) };
  if (first === 'scripts') {
    return { page: 'scripts', name: second ? decodeURIComponent(second) : null };
  }
  const values = new URLSearchParams(search);
  return {
    page: 'jobs',
    status: STATUSES.find((status) => status === values.get('status')) ?? null,
    q: values.get('q') ?? '',
    number: Math.max(1, Number.parseInt(values.get('page') ?? '1', 10) || 1),
  };
}

export function hrefOf(route: Route): string {
  if (route.page === 'job') return `#/jobs/${encodeURIComponent(route.id)}`;
  if (route.page === 'scripts') {
    return route.name === null ? '#/scripts' : `#/scripts/${encodeURIComponent(route.name)}`;
  }
  const values = new URLSearchParams();
  if (route.status) values.set('status', route.status);
  if (route.q) values.set('q', route.q);
  if (route.number > 1) values.set('page', String(route.number));
  const search = values.toString();
  return search ? `#/?${search}` : '#/';
}

export function go(route: Route): void {
  location.hash = hrefOf(route);
}

/** Instead of the present entry in the history: for what changes with every key. */
export function change(route: Route): void {
  history.replaceState(null, '', hrefOf(route));
  dispatchEvent(new HashChangeEvent('hashchange'));
}

export const ALL_JOBS: Route = { page: 'jobs', status: null, q: '', number: 1 };

export function useRoute(): Route {
  const [route, setRoute] = useState(() => parseRoute(location.hash));
  useEffect(() => {
    const read = (): void => setRoute(parseRoute(location.hash));
    addEventListener('hashchange', read);
    return () => removeEventListener('hashchange', read);
  }, []);
  return route;
}
