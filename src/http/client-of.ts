/** Which program asks: as it says in a header for that, else by the product of its User-Agent. */
import type { Context } from 'hono';
import type { Client } from '../core/client.ts';

export function clientOf(context: Context): Client {
  const named = context.req.header('python-mcp-client');
  if (named) return { name: named, version: null };
  const product = /^([^\s/]+)(?:\/(\S+))?/.exec(context.req.header('user-agent') ?? '');
  return { name: product?.[1] ?? 'http', version: product?.[2] ?? null };
}
