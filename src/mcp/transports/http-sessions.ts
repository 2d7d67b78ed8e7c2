/**
 * Sessions of clients before 2026, each with its own server, readers and subscriptions. Clients often go
 * without a word, so the session that was unused for longest makes room for a new one.
 */
import { randomUUID } from 'node:crypto';
import {
  isInitializeRequest,
  WebStandardStreamableHTTPServerTransport,
} from '@modelcontextprotocol/server';
import { Deliveries } from '../deliveries.ts';
import { Subscriptions } from '../resources/subscriptions.ts';
import { buildServer } from '../server.ts';
import { LONGEST_MESSAGE } from './checked-input.ts';
import type { HttpHost } from './http-host.ts';

const MOST_SESSIONS = 128;

export class HttpSessions {
  readonly #host: HttpHost;
  /** By id, the one that was used last at the end. */
  readonly #open = new Map<string, WebStandardStreamableHTTPServerTransport>();

  constructor(host: HttpHost) {
    this.#host = host;
  }

  async answer(request: Request, body: unknown): Promise<Response> {
    const id = request.headers.get('mcp-session-id');
    const session = this.#used(id) ?? (isInitializeRequest(body) ? await this.#start() : null);
    return session?.handleRequest(request, { parsedBody: body }) ?? unknownSession(id);
  }

  async close(): Promise<void> {
    await Promise.all([...this.#open.values()].map((session) => session.close()));
  }

  #used(id: string | null): WebStandardStreamableHTTPServerTransport | undefined {
    const session = this.#open.get(id ?? '');
    if (!session || id === null) return undefined;
    this.#open.delete(id);
    this.#open.set(id, session);
    return session;
  }

  async #start(): Promise<WebStandardStreamableHTTPServerTransport> {
    const id = randomUUID();
    const waiting = new Set<string>();
    const deliveries = new Deliveries();
    const subscriptions = new Subscriptions(this.#host.open);
    const transport = new WebStandardStreamableHTTPServerTransport({
      sessionIdGenerator: () => id,
      onsessioninitialized: () => this.#keep(id, transport),
      maxRequestBodySize: LONGEST_MESSAGE,
    });
    const server = buildServer({ ...this.#host, waiting, session: id, deliveries, subscriptions });
    // oxlint-disable-next-line unicorn/prefer-add-event-listener -- a server has this one slot
    server.server.onclose = () => {
      this.#open.delete(id);
      subscriptions.close();
      void this.#host.abandon(waiting);
    };
    await server.connect(subscriptions.observed(deliveries.observed(transport)));
    return transport;
  }

  #keep(id: string, transport: WebStandardStreamableHTTPServerTransport): void {
    const [oldest] = this.#open.values();
    if (oldest && this.#open.size >= MOST_SESSIONS) void oldest.close();
    this.#open.set(id, transport);
  }
}

function unknownSession(id: string | null): Response {
  const [status, code, message] =
    id === null
      ? [400, -32_000, 'Send initialize first, then its Mcp-Session-Id with every request.']
      : [
          404,
          -32_001,
          'Session not found: it ended, or the server was restarted. Send initialize.',
        ];
  return Response.json({ jsonrpc: '2.0', error: { code, message }, id: null }, { status });
}
