/** Server-sent events from a generator: pulled by the connection, ended with it. */
import type { Context } from 'hono';

export interface ServerEvent {
  event: string;
  /** What `Last-Event-ID` will hold. */
  id?: string;
  data: unknown;
}

const HEADERS = { 'content-type': 'text/event-stream', 'x-accel-buffering': 'no' };
const COMMENT = Buffer.from(': still here\n\n');

/**
 * @param open gives the events, null for a sign of life; called once, with a signal that is raised
 * when the reader has gone.
 * @param closed called once, however it ends.
 */
export function eventStream(
  context: Context,
  open: (signal: AbortSignal) => AsyncGenerator<ServerEvent | null>,
  closed: () => void,
): Response {
  if (context.req.raw.method === 'HEAD') {
    closed();
    return context.body(null, 200, HEADERS);
  }
  const gone = new AbortController();
  const events = open(gone.signal);
  const finish = (): void => {
    gone.abort();
    closed();
  };
  const body = new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        try {
          const next = await events.next();
          if (!next.done) return controller.enqueue(encode(next.value));
          controller.close();
        } catch (error) {
          controller.error(error);
        }
        finish();
      },
      cancel: finish,
    },
    // Nothing is fetched ahead: what the reader does not take stays in the file.
    { highWaterMark: 0 },
  );
  return context.body(body, 200, HEADERS);
}

/** JSON has no line breaks of its own, so one `data` line holds it whatever a job printed. */
function encode(event: ServerEvent | null): Uint8Array {
  if (event === null) return COMMENT;
  const id = event.id === undefined ? '' : `id: ${event.id}\n`;
  return Buffer.from(`${id}event: ${event.event}\ndata: ${JSON.stringify(event.data)}\n\n`);
}
