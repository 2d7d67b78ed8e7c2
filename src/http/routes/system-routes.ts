/** About the server itself: health, figures, environments, its own description. */
import type { Context } from 'hono';
import type { Services } from '../live/services.ts';
import { json } from '../wire/reply.ts';
import type { Route } from './route.ts';

export async function health(context: Context, services: Services): Promise<Response> {
  const { jobs, slots, version, home } = services;
  return json(context, {
    status: 'ok',
    version,
    home,
    pid: process.pid,
    uptime_seconds: Math.round(process.uptime()),
    jobs: jobs.inspect.counts(),
    streams: slots.taken,
    memory_bytes: process.memoryUsage.rss(),
  });
}

export async function metrics(context: Context, services: Services): Promise<Response> {
  const text = await services.metrics.text();
  return context.body(text, 200, { 'content-type': services.metrics.contentType });
}

export async function environments(context: Context, services: Services): Promise<Response> {
  return json(context, { environments: await services.environments.list() });
}

/** Loaded when asked for: it describes what the other routes do and does nothing itself. */
export async function openApi(
  context: Context,
  { version }: Services,
  routes: readonly Route[],
): Promise<Response> {
  const { openApiDocument } = await import('./openapi.ts');
  return json(context, openApiDocument(routes, version));
}
