/** Output of a job over HTTP: pages with exact offsets, readable text, files to take away. */
import type { Context } from 'hono';
import { encodeCursor } from '../../core/cursor.ts';
import type { JobService } from '../../jobs/job-service.ts';
import type { InspectedOrder, InspectedPage, OutputSource } from '../../jobs/read/pages.ts';
import { contentOf } from '../wire/content.ts';
import { checkedQuery } from '../wire/check-request.ts';
import { jobPart } from '../wire/job-part.ts';
import { downloadReply } from '../wire/output-download.ts';
import { offsetAsked, placeAsked } from '../wire/output-position.ts';
import { json, plainText } from '../wire/reply.ts';
import { DEFAULT_BYTES, OutputQuery, type OutputQueryInput } from '../wire/request-schemas.ts';

export async function outputReply(context: Context, jobs: JobService): Promise<Response> {
  const id = jobPart(context, jobs);
  const query = checkedQuery(context, OutputQuery);
  if (query.raw) return downloadReply(context, jobs, id, query);
  return query.stream === 'both'
    ? orderedReply(context, jobs, id, query)
    : streamReply(context, jobs, id, query.stream ?? 'stdout', query);
}

async function streamReply(
  context: Context,
  { inspect }: JobService,
  id: string,
  source: OutputSource,
  query: OutputQueryInput,
): Promise<Response> {
  const { max = DEFAULT_BYTES } = query;
  const where = offsetAsked(query);
  if (query.plain) return plainText(context, await inspect.output.text(id, source, where, max));
  return json(context, pageView(source, inspect.output.page(id, source, where, max)));
}

async function orderedReply(
  context: Context,
  { inspect }: JobService,
  id: string,
  query: OutputQueryInput,
): Promise<Response> {
  const { max = DEFAULT_BYTES } = query;
  const where = placeAsked(query);
  if (query.plain) return plainText(context, await inspect.output.orderedText(id, where, max));
  return json(context, orderView(inspect.output.ordered(id, where, max)));
}

function pageView(stream: OutputSource, page: InspectedPage): object {
  const { bytes, from, next, size, ended, skipped } = page;
  return { stream, from, next, size, ended, ...contentOf(bytes), skipped };
}

function orderView({ from, next, size, ended, segments }: InspectedOrder): object {
  return {
    stream: 'both',
    from: encodeCursor(from),
    next: encodeCursor(next),
    size: encodeCursor(size),
    ended,
    segments: segments.map(({ bytes, ...segment }) => ({ ...segment, ...contentOf(bytes) })),
  };
}
