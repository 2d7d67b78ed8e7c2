/** Output of a job as a file over HTTP. */
import type { Context } from 'hono';
import { invalid } from '../../core/job-error.ts';
import type { JobService } from '../../jobs/job-service.ts';
import type { Download } from '../../jobs/read/download.ts';
import type { OutputSource } from '../../jobs/read/pages.ts';
import { type ByteRange, pulledStream, rangeOf } from './byte-range.ts';
import { ATTACHMENT_POLICY } from './headers.ts';
import { offsetAsked } from './output-position.ts';
import { DEFAULT_BYTES, type OutputQueryInput } from './request-schemas.ts';

/** The size is fixed at the beginning: what is added meanwhile belongs to another request. */
export function downloadReply(
  context: Context,
  jobs: JobService,
  id: string,
  query: OutputQueryInput,
): Response {
  const { stream = 'stdout' } = query;
  const download =
    stream === 'both' ? orderedDownload(jobs, id, query) : streamDownload(jobs, id, stream, query);
  const { size } = download;
  const range = size === null ? null : rangeOf(context.req.header('range'), size);
  const headers = {
    'content-type': 'application/octet-stream',
    'content-disposition': `attachment; filename="${id}-${stream}.log"`,
    'content-security-policy': ATTACHMENT_POLICY,
    'accept-ranges': size === null ? 'none' : 'bytes',
    ...lengthHeaders(download, range),
  };
  const isHead = context.req.raw.method === 'HEAD';
  const body = isHead ? null : pulledStream(download.open(range), () => {});
  return context.newResponse(body, range ? 206 : 200, headers);
}

/**
 * While a job runs, a part of its output may be given up before it is sent, and a line takes its
 * place. A length is promised when that cannot happen, or when a range was asked for: then the
 * connection is ended instead.
 */
function lengthHeaders(
  { size, settled }: Download,
  range: ByteRange | null,
): Record<string, string> {
  if (range) {
    const { from, to } = range;
    return {
      'content-length': String(to - from),
      'content-range': `bytes ${from}-${to - 1}/${size}`,
    };
  }
  return settled && size !== null ? { 'content-length': String(size) } : {};
}

function streamDownload(
  { inspect }: JobService,
  id: string,
  source: OutputSource,
  query: OutputQueryInput,
): Download {
  const size = inspect.output.size(id, source);
  const where = offsetAsked(query);
  if (where !== 'end' && 'from' in where) {
    const from = Math.min(where.from, size);
    const to = Math.min(size, from + (query.max ?? size));
    return inspect.output.download(id, source, from, to);
  }
  const to = where === 'end' ? size : Math.min(where.before, size);
  const from = Math.max(0, to - (query.max ?? DEFAULT_BYTES));
  return inspect.output.download(id, source, from, to);
}

function orderedDownload(
  { inspect }: JobService,
  id: string,
  { from, before, max, tail }: OutputQueryInput,
): Download {
  if ([from, before, max, tail].every((value) => value === undefined)) {
    return inspect.output.orderedDownload(id);
  }
  throw invalid(
    'stream',
    'both streams come as a whole with raw=1.',
    'Leave out from, before, max and tail, or raw.',
  );
}
