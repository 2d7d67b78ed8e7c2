/** Every route there is, in one table: the server, the OpenAPI document and the tests go by it. */
import { type Context, Hono } from 'hono';
import type { JobService } from '../jobs/job-service.ts';
import type { Log } from '../log.ts';
import { SAFE_HEADERS } from './headers.ts';
import * as jobRoutes from './job-routes.ts';
import * as liveRoutes from './live-routes.ts';
import { outputReply } from './output-routes.ts';
import { problem, problemOf } from './problem.ts';
import { problemReply } from './reply.ts';
import { staticFile } from './static-files.ts';
import type { StreamSlots } from './stream-slots.ts';

/** What routes need beside the request. */
export interface Services {
  jobs: JobService;
  log: Log;
  slots: StreamSlots;
  version: string;
  home: string;
  /** Folder of the built dashboard. */
  uiDirectory: string;
}

type Method = 'GET' | 'POST' | 'PUT' | 'DELETE';
type Handler = (context: Context, services: Services) => Promise<Response>;

export interface Route {
  method: Method;
  path: string;
  handle: Handler;
}

const onJobs =
  (work: (context: Context, jobs: JobService) => Promise<Response>): Handler =>
  (context, { jobs }) =>
    work(context, jobs);

const live =
  (work: (context: Context, jobs: JobService, slots: StreamSlots) => Promise<Response>): Handler =>
  (context, { jobs, slots }) =>
    work(context, jobs, slots);

export const ROUTES: readonly Route[] = [
  { method: 'POST', path: '/api/v1/jobs', handle: onJobs(jobRoutes.startJob) },
  { method: 'GET', path: '/api/v1/jobs', handle: onJobs(jobRoutes.listJobs) },
  { method: 'POST', path: '/api/v1/jobs/prune', handle: onJobs(jobRoutes.pruneJobs) },
  { method: 'GET', path: '/api/v1/jobs/:id', handle: onJobs(jobRoutes.jobDetails) },
  { method: 'DELETE', path: '/api/v1/jobs/:id', handle: onJobs(jobRoutes.removeJob) },
  { method: 'GET', path: '/api/v1/jobs/:id/output', handle: onJobs(outputReply) },
  { method: 'POST', path: '/api/v1/jobs/:id/cancel', handle: onJobs(jobRoutes.cancelJob) },
  { method: 'POST', path: '/api/v1/jobs/:id/input', handle: onJobs(jobRoutes.sendInput) },
  { method: 'POST', path: '/api/v1/jobs/:id/rerun', handle: onJobs(jobRoutes.rerunJob) },
  { method: 'GET', path: '/api/v1/jobs/:id/events', handle: live(liveRoutes.jobEvents) },
  { method: 'GET', path: '/api/v1/jobs/:id/socket', handle: onJobs(liveRoutes.socketExpected) },
  { method: 'GET', path: '/api/v1/events', handle: live(liveRoutes.listEvents) },
];

export function buildRoutes(services: Services): Hono {
  const app = new Hono();
  app.use(async (context, next) => {
    await next();
    for (const [name, value] of Object.entries(SAFE_HEADERS)) {
      if (!context.res.headers.has(name)) context.res.headers.set(name, value);
    }
  });
  for (const { method, path, handle } of ROUTES) {
    app.on(method, path, (context) => handle(context, services));
  }
  app.all('/api/*', (context) => problemReply(context, missing(context)));
  app.get('/*', (context) => staticFile(context, services.uiDirectory));
  app.notFound((context) => problemReply(context, missing(context)));
  app.onError((error, context) => problemReply(context, reported(error, services.log)));
  return app;
}

/** A path that exists under another method is told apart from one that does not exist. */
function missing(context: Context): ReturnType<typeof problem> {
  const { path, method } = context.req;
  const allowed = ROUTES.filter((route) => fits(route.path, path)).map((route) => route.method);
  if (allowed.length === 0) {
    return problem(
      'not_found',
      `There is no ${path}. GET /api/v1/openapi.json lists what there is.`,
    );
  }
  context.header('allow', [...allowed, ...(allowed.includes('GET') ? ['HEAD'] : [])].join(', '));
  return problem(
    'method_not_allowed',
    `${method} is not for ${path}. Use ${allowed.join(' or ')}.`,
  );
}

function fits(pattern: string, path: string): boolean {
  const form = pattern.replace(/:\w+\{\.\+\}/g, '.+').replace(/:\w+/g, '[^/]+');
  return new RegExp(`^${form}$`).test(path);
}

function reported(error: Error, log: Log): ReturnType<typeof problem> {
  const details = problemOf(error);
  if (details.code === 'internal') log.error('a request failed', { error: error.stack });
  return details;
}
