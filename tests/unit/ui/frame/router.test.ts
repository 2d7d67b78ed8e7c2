import { expect, test } from 'vitest';
import { ALL_JOBS, hrefOf, parseRoute, type Route } from '../../../../src/ui/frame/router.ts';

test('every page has an address that leads back to it', () => {
  const routes: Route[] = [
    ALL_JOBS,
    { page: 'run', again: null },
    { page: 'run', again: '0mg' },
    { page: 'job', id: '0mg', line: null },
    { page: 'job', id: '0mg', line: { stream: 'stdout', number: 12 } },
    { page: 'job', id: '0mg', line: { stream: 'stderr', number: 3 } },
    { page: 'scripts', name: null },
    { page: 'scripts', name: 'a/b ?' },
    {
      page: 'jobs',
      status: 'failed',
      client: 'a & b',
      q: '100% #',
      sort: 'longest',
      since: 'day',
      from: '0mg',
      number: 3,
    },
  ];
  for (const route of routes) expect(parseRoute(hrefOf(route))).toEqual(route);
});

test('an address that says nothing is the list of all jobs', () => {
  expect(parseRoute('#/?status=none&client=&q=&page=x')).toEqual({ ...ALL_JOBS, from: null });
});
