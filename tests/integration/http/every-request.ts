/** Every route with every method, and addresses that are no route: what a guard has to hold for. */
import { fits } from '../../../src/http/routes/route.ts';
import { ROUTES } from '../../../src/http/routes/route-table.ts';
import type { HttpTestServer } from './http-server.ts';

export interface Request {
  method: string;
  path: string;
}

export const METHODS = [
  'GET',
  'HEAD',
  'POST',
  'PUT',
  'PATCH',
  'DELETE',
  'OPTIONS',
  'PROPFIND',
  'TRACE',
];
const UNKNOWN_ID = '0'.repeat(32);
const UNREGISTERED = [
  '/api/v1/none',
  '/api',
  '/API/v1/jobs',
  '/%61pi/v1/jobs',
  '/api%2Fv1/jobs',
  '/mcp',
];
/** Files of the dashboard: read by everybody, written by nobody. */
const PAGES = ['/', '/index.html', '/assets/none.js'];
const WRITING = ['POST', 'PUT', 'PATCH', 'DELETE'];

/** The addresses of the table, for one job, and some that are not in it. */
export function everyPath(id: string = UNKNOWN_ID): string[] {
  const paths = new Set(ROUTES.map(({ path }) => path));
  const filled = [...paths].map((path) =>
    path
      .replace(':id', id)
      .replace(':cell', '1')
      .replace(/:name(?:\{\.\+\})?/, 'x'),
  );
  return [...filled, ...UNREGISTERED];
}

export function everyRequest(id?: string): Request[] {
  const pages = PAGES.flatMap((path) => requestsTo(path, METHODS.slice(2)));
  return [...everyPath(id).flatMap((path) => requestsTo(path, METHODS)), ...pages];
}

export function writingRequests(id?: string): Request[] {
  return everyRequest(id).filter(({ method }) => WRITING.includes(method));
}

/** Those that reading pages takes no token for. */
export function pageRequests(): Request[] {
  return PAGES.flatMap((path) => requestsTo(path, ['GET', 'HEAD']));
}

/** What the protocol knows at its one address; it is no route of the table. */
const OF_PROTOCOL = ['GET', 'POST', 'DELETE', 'HEAD'];

/** As the table has it; HEAD goes with GET. */
export function methodsOf(path: string): string[] {
  if (path === '/mcp') return OF_PROTOCOL;
  const methods: string[] = ROUTES.filter((route) => fits(route, path)).map(({ method }) => method);
  return methods.includes('GET') ? [...methods, 'HEAD'] : methods;
}

/** An event stream of a running job, or of the list, does not end by itself. */
export function isEndless({ method, path }: Request): boolean {
  return method === 'GET' && path.endsWith('/events');
}

/** A running job that the table can be tried on, and what must still be so afterwards. */
export async function victimOn(
  server: HttpTestServer,
): Promise<{ id: string; state: () => Promise<object> }> {
  const id = await server.start('input()', { interactive: true });
  const state = async (): Promise<object> => {
    const { jobs, total } = await server.get('/api/v1/jobs');
    const { scripts } = await server.get('/api/v1/scripts');
    const { streams } = await server.get('/api/v1/health');
    return { ids: jobs.map((job: { id: string }) => job.id), total, scripts, streams };
  };
  return { id, state };
}

/** What `victimOn` says when nothing was done to it. */
export function unharmed(id: string): object {
  return { ids: [id], total: 1, scripts: [], streams: 0 };
}

/** Several at a time: what is tested is the server, not the patience of its client. */
export async function each<T>(items: T[], work: (item: T) => Promise<void>): Promise<void> {
  const left = items.values();
  const worker = async (): Promise<void> => {
    for (const item of left) await work(item);
  };
  await Promise.all(Array.from({ length: 8 }, worker));
}

function requestsTo(path: string, methods: string[]): Request[] {
  return methods.map((method) => ({ method, path }));
}
