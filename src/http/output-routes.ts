/** Output of a job over HTTP: pages with exact offsets, readable text, raw bytes. */
import type { Context } from 'hono';
import type { JobService } from '../jobs/job-service.ts';
import type { InspectedPage, OutputSource, PageRequest } from '../jobs/inspection.ts';
import { type ByteRange, byteStream, rangeOf } from './byte-range.ts';
import { contentOf } from './content.ts';
import { ATTACHMENT_POLICY } from './headers.ts';
import { checkedQuery, pathPart } from './input.ts';
import { json, plainText } from './reply.ts';
import { OutputQuery, type OutputQueryInput } from './schemas.ts';

const DEFAULT_BYTES = 65_536;

export async function outputReply(context: Context, jobs: JobService): Promise<Response> {
  const id = pathPart(context, 'id');
  const query = checkedQuery(context, OutputQuery);
  if (query.raw) return rawReply(context, jobs, id, query);
  const request = pageRequest(query);
  if (query.plain) return plainText(context, await jobs.inspect.plainPage(id, request));
  return json(context, pageView(request.source, jobs.inspect.page(id, request)));
}

function pageRequest(query: OutputQueryInput): PageRequest {
  const {
    stream: source = 'stdout',
    from = 0,
    max: maxBytes = DEFAULT_BYTES,
    tail = false,
  } = query;
  return { source, from, maxBytes, tail };
}

function pageView(stream: OutputSource, { bytes, from, next, size, ended }: InspectedPage): object {
  return { stream, from, next, size, ended, ...contentOf(bytes) };
}

/** The size is fixed at the beginning: what is added meanwhile belongs to another request. */
function rawReply(
  context: Context,
  jobs: JobService,
  id: string,
  query: OutputQueryInput,
): Response {
  const { source, from, maxBytes, tail } = pageRequest(query);
  const size = jobs.inspect.size(id, source);
  const asked = rangeOf(context.req.header('range'), size);
  const start = tail ? Math.max(0, size - maxBytes) : Math.min(from, size);
  const end = query.max === undefined || tail ? size : Math.min(size, start + maxBytes);
  const range = asked ?? { from: start, to: end };
  const headers = {
    'content-type': 'application/octet-stream',
    'content-length': String(range.to - range.from),
    'content-disposition': `attachment; filename="${id}-${source}.log"`,
    'content-security-policy': ATTACHMENT_POLICY,
    'accept-ranges': 'bytes',
    ...(asked ? { 'content-range': `bytes ${range.from}-${range.to - 1}/${size}` } : {}),
  };
  const body = context.req.raw.method === 'HEAD' ? null : rawBody(jobs, id, source, range);
  return context.newResponse(body, asked ? 206 : 200, headers);
}

/** Read as the client takes it: one chunk in memory, however long the output. */
function rawBody(
  jobs: JobService,
  id: string,
  source: OutputSource,
  range: ByteRange,
): ReadableStream<Uint8Array> {
  const read = (from: number, length: number): Uint8Array => {
    const bytes = jobs.inspect.bytes(id, source, from, length);
    return bytes.length > 0 ? bytes : missingBytes(jobs, id, source, from, length);
  };
  return byteStream(range, read, () => {});
}

/** Bytes that were given back to the disk read as zeros, so that offsets stay what they are. */
function missingBytes(
  jobs: JobService,
  id: string,
  source: OutputSource,
  from: number,
  length: number,
): Uint8Array {
  const next = jobs.inspect.page(id, { source, from, maxBytes: 4, tail: false });
  return new Uint8Array(Math.min(length, Math.max(0, next.from - from)));
}
