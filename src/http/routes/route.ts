/** What a route is: its form, what it takes and gives, and who handles it. */
import type { Context } from 'hono';
import type * as z from 'zod';
import type { Services } from '../live/services.ts';

export interface Route {
  method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** Parameters as `:name`; `:name{.+}` takes in slashes. */
  path: string;
  summary: string;
  query?: z.ZodObject;
  body?: z.ZodObject;
  /** A schema for JSON, else a media type; null for none. */
  reply: z.ZodType | string | null;
  /** Default 200. */
  status?: number;
  handle: (context: Context, services: Services) => Promise<Response>;
}

/** Whether a path, as requested, is one of a route. */
export function fits(route: Route, path: string): boolean {
  const form = route.path.replace(/:\w+\{\.\+\}/g, '.+').replace(/:\w+/g, '[^/]+');
  return new RegExp(`^${form}$`).test(path);
}
