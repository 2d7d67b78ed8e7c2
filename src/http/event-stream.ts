/** Server-sent events from a generator: pulled by the connection, ended with it. */
import type { Context } from 'hono';

const HEADERS = { 'content-type': 'text/event-stream', 'x-accel-buffering': 'no' };
export const SIGN_OF_LIFE = Buffer.from(': still here\n\n');

/**
 * @param open gives encoded events; called once, with a signal that is raised when the reader has
 * gone.
 * @param closed called once, however it ends.
 */
export function eventStream(
  context: Context,
  open: (signal: AbortSignal) => AsyncGenerator<Uint8Array>,
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
          if (!next.done) return controller.enqueue(next.value);
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
export function encodeEvent(event: string, data: object): Buffer {
  return Buffer.from(`event: ${event}\ndata: ${JSON.stringify(data)}\n\n`);
}
