/** Server-sent events, written to the reply of Node as they are told. */
import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import type { HttpBindings } from '@hono/node-server';
import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response';
import type { Context } from 'hono';
import { SAFE_HEADERS } from '../wire/headers.ts';

const HEADERS = { 'content-type': 'text/event-stream', 'x-accel-buffering': 'no' };
export const SIGN_OF_LIFE = ': still here\n\n';

export class EventStream {
  readonly #response: ServerResponse;
  readonly #gone = new AbortController();

  constructor(response: ServerResponse) {
    this.#response = response;
    response.once('close', () => this.#gone.abort());
  }

  /** Raised when the reader has gone. */
  get signal(): AbortSignal {
    return this.#gone.signal;
  }

  /** Null when there is room for more, else resolves when there is, or when the reader has gone. */
  write(event: string): Promise<void> | null {
    if (this.#response.destroyed || this.#response.write(event)) return null;
    return this.#drained();
  }

  async #drained(): Promise<void> {
    await once(this.#response, 'drain', { signal: this.signal }).catch(() => {});
  }
}

/**
 * @param tell writes the events; the connection ends when it resolves, abruptly when it rejects.
 * @param closed called once, however it ends.
 */
export function eventStream(
  context: Context<{ Bindings: HttpBindings }>,
  tell: (stream: EventStream) => Promise<void>,
  closed: () => void,
): Response {
  if (context.req.raw.method === 'HEAD') {
    closed();
    return context.body(null, 200, HEADERS);
  }
  const { outgoing } = context.env;
  const response = outgoing as ServerResponse;
  response.once('close', closed);
  response.writeHead(200, { ...SAFE_HEADERS, ...HEADERS });
  response.flushHeaders();
  void tell(new EventStream(response)).then(
    () => !response.destroyed && response.end(),
    (error: Error) => response.destroy(error),
  );
  return new Response(null, RESPONSE_ALREADY_SENT);
}

/** JSON has no line breaks of its own, so one `data` line holds it whatever a job printed. */
export function encodeEvent(event: string, data: object): string {
  return `event: ${event}\ndata: ${JSON.stringify(data)}\n\n`;
}
