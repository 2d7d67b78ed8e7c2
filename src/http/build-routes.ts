/** The application: routes from the table, safe headers on every reply, errors in one shape. */
import { type Context, Hono } from 'hono';
import { SAFE_HEADERS } from './wire/headers.ts';
import { type Problem, problem, problemOf } from './wire/problem.ts';
import { problemReply } from './wire/reply.ts';
import { MCP_METHODS, MCP_PATH, mcpReply } from './routes/mcp-route.ts';
import { fits, type Route } from './routes/route.ts';
import { ROUTES } from './routes/route-table.ts';
import type { Services } from './live/services.ts';
import { staticFile } from './routes/static-files.ts';

export function buildRoutes(services: Services): Hono {
  const app = new Hono();
  app.use(async (context, next) => {
    await next();
    for (const [name, value] of Object.entries(SAFE_HEADERS)) {
      if (!context.res.headers.has(name)) context.res.headers.set(name, value);
    }
  });
  for (const route of ROUTES) addRoute(app, route, services);
  app.on(MCP_METHODS, MCP_PATH, (context) => mcpReply(context, services));
  app.all(MCP_PATH, (context) => problemReply(context, missing(context)));
  app.all('/api/*', (context) => problemReply(context, missing(context)));
  app.get('/*', (context) => staticFile(context, services.uiDirectory));
  app.notFound((context) => problemReply(context, missing(context)));
  app.onError((error, context) => problemReply(context, reported(error, services)));
  return app;
}

function addRoute(app: Hono, { method, path, handle }: Route, services: Services): void {
  app.on(method, path, async (context) => {
    const reply = await handle(context, services).catch((error: unknown) =>
      problemReply(context, reported(error, services)),
    );
    services.metrics.count(method, path, reply.status);
    return reply;
  });
}

/** A path that exists under another method is told apart from one that does not exist. */
function missing(context: Context): Problem {
  const { path, method } = context.req;
  const allowed = methodsFor(path);
  if (allowed.length === 0) {
    const remedy = 'GET /api/v1/openapi.json lists what there is.';
    return problem('not_found', `There is no ${path}. ${remedy}`);
  }
  context.header('allow', [...allowed, ...(allowed.includes('GET') ? ['HEAD'] : [])].join(', '));
  return problem(
    'method_not_allowed',
    `${method} is not for ${path}. Use ${allowed.join(' or ')}.`,
  );
}

function methodsFor(path: string): string[] {
  if (path === MCP_PATH) return MCP_METHODS;
  return ROUTES.filter((route) => fits(route, path)).map(({ method }) => method);
}

function reported(error: unknown, { log }: Services): Problem {
  const details = problemOf(error);
  if (details.code === 'internal') {
    log.error('a request failed', { error: String((error as Error).stack ?? error) });
  }
  return details;
}
