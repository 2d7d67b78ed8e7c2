/** Server-sent events, written straight to the connection: each leaves in the turn it is told in. */
import { type EventEmitter, once } from 'node:events';
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
  write(event: string | Uint8Array): Promise<void> | null {
    const { destroyed, socket, chunkedEncoding } = this.#response;
    if (destroyed) return null;
    // What `response.write` sends as well, but in one piece, and now instead of at the turn's end.
    const isOurs = socket !== null && chunkedEncoding && typeof event === 'string';
    const hasRoom = isOurs ? socket.write(chunkOf(event)) : this.#response.write(event);
    return hasRoom ? null : this.#drained(socket ?? this.#response);
  }

  async #drained(connection: EventEmitter): Promise<void> {
    await once(connection, 'drain', { signal: this.signal }).catch(() => {});
  }
}

function chunkOf(text: string): string {
  return `${Buffer.byteLength(text).toString(16)}\r\n${text}\r\n`;
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
