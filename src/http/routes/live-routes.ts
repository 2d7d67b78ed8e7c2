/** Live streams over HTTP: one job, or the list of jobs. */
import type { Context } from 'hono';
import type { ListJobsInput } from '../../contract/inputs.ts';
import type { JobService } from '../../jobs/job-service.ts';
import { encodeEvent, eventStream, type EventStream, SIGN_OF_LIFE } from '../live/event-stream.ts';
import { checkedQuery } from '../wire/check-request.ts';
import { jobPart } from '../wire/job-part.ts';
import { feedJob, type JobMessage, outputFields } from '../live/job-feed.ts';
import { listInput } from './job-routes.ts';
import { listMessages } from '../live/list-feed.ts';
import { startOf } from '../wire/output-position.ts';
import { RequestError } from '../wire/problem.ts';
import { FollowQuery, ListQuery } from '../wire/request-schemas.ts';
import type { Services } from '../live/services.ts';

export async function jobEvents(context: Context, { jobs, slots }: Services): Promise<Response> {
  const id = jobPart(context, jobs);
  const { from } = checkedQuery(context, FollowQuery);
  const cursor = startOf(jobs, id, context.req.header('last-event-id') || from);
  const tell = (stream: EventStream): Promise<void> => {
    const deliver = (message: JobMessage) => tellJob(stream, message);
    return feedJob(jobs, id, cursor, deliver, stream.signal);
  };
  return eventStream(context, tell, slots.take());
}

export async function listEvents(context: Context, { jobs, slots }: Services): Promise<Response> {
  const request = listInput(checkedQuery(context, ListQuery));
  return eventStream(context, (stream) => tellList(stream, jobs, request), slots.take());
}

/** The route of WebSockets, asked for without one. */
export async function socketExpected(context: Context, jobs: JobService): Promise<Response> {
  jobs.get(jobPart(context, jobs));
  throw new RequestError(
    'upgrade_required',
    'This is the address of a WebSocket. Without one, read GET /api/v1/jobs/{id}/events.',
  );
}

function tellJob(stream: EventStream, message: JobMessage): Promise<void> | null {
  if (message.type === 'output') {
    const event = encodeEvent('output', outputFields(message.chunk));
    return stream.write(`id: ${message.cursor}\n${event}`);
  }
  if (message.type === 'idle') return stream.write(SIGN_OF_LIFE);
  const { type, ...data } = message;
  return stream.write(encodeEvent(type, data));
}

async function tellList(
  stream: EventStream,
  jobs: JobService,
  request: ListJobsInput,
): Promise<void> {
  for await (const message of listMessages(jobs, request, stream.signal)) {
    await stream.write(message.type === 'idle' ? SIGN_OF_LIFE : encodeEvent('list', message.list));
  }
}
