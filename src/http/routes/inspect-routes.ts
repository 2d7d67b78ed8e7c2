/** Looking into one job over HTTP: search, lines, source, usage. */
import type { Context } from 'hono';
import { invalid } from '../../core/job-error.ts';
import type { JobService } from '../../jobs/job-service.ts';
import { checkedQuery } from '../wire/check-request.ts';
import { jobPart } from '../wire/job-part.ts';
import { json } from '../wire/reply.ts';
import { LineQuery, SearchQuery } from '../wire/request-schemas.ts';

export async function searchReply(context: Context, jobs: JobService): Promise<Response> {
  const id = jobPart(context, jobs);
  const { q, regex, stream, from, before, limit } = checkedQuery(context, SearchQuery);
  if (from !== undefined && before !== undefined) {
    throw invalid('before', 'it cannot be combined with from.', 'Leave one of them out.');
  }
  const request = {
    stream: stream ?? 'stdout',
    text: q,
    isPattern: regex ?? false,
    from: from ?? 0,
    before,
    limit: limit ?? 100,
  };
  return json(context, await jobs.inspect.search(id, request));
}

/** @throws JobError invalid_request when nothing says which line */
export async function lineReply(context: Context, jobs: JobService): Promise<Response> {
  const id = jobPart(context, jobs);
  const {
    stream = 'stdout',
    line,
    offset,
    from = 0,
    from_line = 1,
  } = checkedQuery(context, LineQuery);
  if ((line === undefined) === (offset === undefined)) {
    throw invalid('line', 'it and offset are two ways to say which line.', 'Pass one of them.');
  }
  const wanted = line === undefined ? { offset: offset ?? 0 } : { line };
  const place = await jobs.inspect.line(id, stream, wanted, { offset: from, line: from_line });
  return json(context, { stream, ...place });
}

export async function sourceReply(context: Context, jobs: JobService): Promise<Response> {
  return json(context, jobs.inspect.source(jobPart(context, jobs)));
}

export async function stackReply(context: Context, jobs: JobService): Promise<Response> {
  return json(context, { stack: await jobs.inspect.stack(jobPart(context, jobs)) });
}

export async function usageReply(context: Context, jobs: JobService): Promise<Response> {
  return json(context, await jobs.inspect.usage(jobPart(context, jobs)));
}
