/** Looking into one job over HTTP: search, source, usage. */
import type { Context } from 'hono';
import type { JobService } from '../../jobs/job-service.ts';
import { checkedQuery } from '../wire/check-request.ts';
import { jobPart } from '../wire/job-part.ts';
import { json } from '../wire/reply.ts';
import { SearchQuery } from '../wire/request-schemas.ts';

export async function searchReply(context: Context, jobs: JobService): Promise<Response> {
  const id = jobPart(context, jobs);
  const { q, regex, stream, from, limit } = checkedQuery(context, SearchQuery);
  const request = {
    stream: stream ?? 'stdout',
    text: q,
    isPattern: regex ?? false,
    from: from ?? 0,
    limit: limit ?? 100,
  };
  return json(context, await jobs.inspect.search(id, request));
}

export async function sourceReply(context: Context, jobs: JobService): Promise<Response> {
  return json(context, jobs.inspect.source(jobPart(context, jobs)));
}

export async function usageReply(context: Context, jobs: JobService): Promise<Response> {
  return json(context, await jobs.inspect.usage(jobPart(context, jobs)));
}
