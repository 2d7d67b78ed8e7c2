/** Which program asks: as it says in a header for that, else by the product of its User-Agent. */
import type { Context } from 'hono';
import type { Client } from '../../core/client.ts';

/** "curl/8.5.0" of "curl/8.5.0 (x86_64)": visible ASCII. */
const PRODUCT = /^([!-.0-~]+)(?:\/([!-~]+))?/;

export function clientOf(context: Context): Client {
  const named = context.req.header('python-mcp-client');
  if (named) return { name: named, version: null };
  const product = PRODUCT.exec(context.req.header('user-agent') ?? '');
  return { name: product?.[1] ?? 'http', version: product?.[2] ?? null };
}
