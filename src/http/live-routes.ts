/** Live streams over HTTP: one job, or the list of jobs. */
import type { Context } from 'hono';
import { type Cursor, decodeCursor, START } from '../core/cursor.ts';
import type { BrowseRequest } from '../jobs/browse.ts';
import type { JobService } from '../jobs/job-service.ts';
import { encodeEvent, eventStream, SIGN_OF_LIFE } from './event-stream.ts';
import { checkedQuery, pathPart } from './input.ts';
import { type JobMessage, jobMessages } from './job-messages.ts';
import { browseRequest } from './job-routes.ts';
import { listMessages } from './list-messages.ts';
import { RequestError } from './problem.ts';
import { outputFrames } from './output-frames.ts';
import { FollowQuery, ListQuery } from './schemas.ts';
import type { StreamSlots } from './stream-slots.ts';

export async function jobEvents(
  context: Context,
  jobs: JobService,
  slots: StreamSlots,
): Promise<Response> {
  const id = pathPart(context, 'id');
  const { from } = checkedQuery(context, FollowQuery);
  const cursor = startOf(jobs, id, context.req.header('last-event-id') || from);
  const follow = (signal: AbortSignal) => jobFrames(id, jobMessages(jobs, id, cursor, signal));
  return eventStream(context, follow, slots.take());
}

export async function listEvents(
  context: Context,
  jobs: JobService,
  slots: StreamSlots,
): Promise<Response> {
  const request = browseRequest(checkedQuery(context, ListQuery));
  return eventStream(context, (signal) => listFrames(jobs, request, signal), slots.take());
}

/** Where a follower begins. @throws JobError unknown_job, invalid_request */
export function startOf(jobs: JobService, id: string, given: string | undefined): Cursor {
  jobs.get(id);
  if (given === undefined) return START;
  const cursor = decodeCursor(given);
  jobs.inspect.checkCursor(id, cursor);
  return cursor;
}

/** The route of WebSockets, asked for without one. */
export async function socketExpected(context: Context, jobs: JobService): Promise<Response> {
  jobs.get(pathPart(context, 'id'));
  throw new RequestError(
    'upgrade_required',
    'This is the address of a WebSocket. Without one, read GET /api/v1/jobs/{id}/events.',
  );
}

async function* jobFrames(
  id: string,
  messages: AsyncGenerator<JobMessage>,
): AsyncGenerator<Uint8Array> {
  for await (const message of messages) {
    if (message.type === 'output') {
      yield* outputFrames(id, message.cursor, message.chunk);
    } else if (message.type === 'idle') {
      yield SIGN_OF_LIFE;
    } else {
      const { type, ...data } = message;
      yield encodeEvent(type, data);
    }
  }
}

async function* listFrames(
  jobs: JobService,
  request: BrowseRequest,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array> {
  for await (const message of listMessages(jobs, request, signal)) {
    yield message.type === 'idle' ? SIGN_OF_LIFE : encodeEvent('list', message.list);
  }
}
