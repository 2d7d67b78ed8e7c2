/** Replies in JSON, compressed when it pays. */
import { promisify } from 'node:util';
import { constants, gzip, zstdCompress } from 'node:zlib';
import type { Context } from 'hono';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import type { Problem } from './problem.ts';

/** Below this, compression costs more than it saves on a loopback. */
const COMPRESS_FROM_BYTES = 16 * 1024;
const gzipped = promisify(gzip);
const zstandard = promisify(zstdCompress);

type Coding = 'zstd' | 'gzip';

const NOTES = 'notes';

/** What the reply to this request has to say about the request itself. */
export function addNotes(context: Context, notes: string[]): void {
  if (notes.length > 0) context.set(NOTES, notes);
}

export async function json(
  context: Context,
  value: object,
  status: ContentfulStatusCode = 200,
): Promise<Response> {
  const notes = context.get(NOTES) as string[] | undefined;
  const body = Buffer.from(JSON.stringify(notes ? { ...value, notes } : value));
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
  const coding = body.length < COMPRESS_FROM_BYTES ? null : codingFor(context);
  if (coding === null) return context.body(body, status, headers);
  const packed = await compress[coding](body);
  return context.body(packed, status, { ...headers, 'content-encoding': coding });
}

/** The fastest levels: on a loopback, time is worth more than size. */
const compress: Record<Coding, (body: Buffer) => Promise<Buffer<ArrayBuffer>>> = {
  zstd: (body) => zstandard(body, { params: { [constants.ZSTD_c_compressionLevel]: 1 } }),
  gzip: (body) => gzipped(body, { level: 1 }),
};

/** The better one of those that the client takes; null for none. Weights other than 0 are alike. */
function codingFor(context: Context): Coding | null {
  const accepted = (context.req.header('accept-encoding') ?? '').toLowerCase().split(',');
  const names = accepted.filter((entry) => !/;\s*q=0(?:\.0*)?\s*$/.test(entry)).map(nameOf);
  return (['zstd', 'gzip'] as const).find((coding) => names.includes(coding)) ?? null;
}

function nameOf(entry: string): string {
  return (entry.split(';')[0] ?? '').trim();
}
