/** Replies in JSON, compressed when it pays. */
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import type { Context } from 'hono';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import type { Problem } from './problem.ts';

/** Below this, compression costs more than it saves on a loopback. */
const COMPRESS_FROM_BYTES = 16 * 1024;
const compress = promisify(gzip);

export async function json(
  context: Context,
  value: unknown,
  status: ContentfulStatusCode = 200,
): Promise<Response> {
  const body = Buffer.from(JSON.stringify(value));
  return sized(context, body, 'application/json', status);
}

export async function plainText(context: Context, text: string): Promise<Response> {
  return sized(context, Buffer.from(text), 'text/plain; charset=utf-8', 200);
}

export function problemReply(context: Context, details: Problem): Response {
  return context.body(JSON.stringify(details), details.status as ContentfulStatusCode, {
    'content-type': 'application/problem+json',
    ...(details.code === 'too_many_streams' ? { 'retry-after': '5' } : {}),
    ...(details.code === 'upgrade_required' ? { upgrade: 'websocket' } : {}),
  });
}

async function sized(
  context: Context,
  body: Buffer<ArrayBuffer>,
  type: string,
  status: ContentfulStatusCode,
): Promise<Response> {
  const headers = { 'content-type': type, vary: 'Accept-Encoding' };
  if (body.length < COMPRESS_FROM_BYTES || !acceptsGzip(context)) {
    return context.body(body, status, headers);
  }
  return context.body(await compress(body, { level: 1 }), status, {
    ...headers,
    'content-encoding': 'gzip',
  });
}

function acceptsGzip(context: Context): boolean {
  const accepted = (context.req.header('accept-encoding') ?? '').toLowerCase().split(',');
  return accepted.some((entry) => /^\s*gzip\s*(?:;(?!\s*q=0(?:\.0*)?\s*$).*)?$/.test(entry));
}
