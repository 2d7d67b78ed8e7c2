/**
 * MCP over HTTP, in both protocol eras, by the SDK's own handlers. Since 2026 every request stands for
 * itself; before that a client opens a session, and of those there are a bounded number.
 */
import {
  createMcpHandler,
  isLegacyRequest,
  type McpServer,
  readRequestBody,
} from '@modelcontextprotocol/server';
import { Deliveries } from '../deliveries.ts';
import { Subscriptions } from '../resources/subscriptions.ts';
import { buildServer } from '../server.ts';
import { LONGEST_MESSAGE } from './checked-input.ts';
import type { HttpHost } from './http-host.ts';
import { HttpListeners } from './http-listeners.ts';
import { HttpSessions } from './http-sessions.ts';

export interface McpOverHttp {
  answer(request: Request): Promise<Response>;
  /** Ends streams, sessions and the runs that were waited for. */
  close(): Promise<void>;
}

export function mcpOverHttp(host: HttpHost): McpOverHttp {
  const waiting = new Set<string>();
  const sessions = new HttpSessions(host);
  const modern = createMcpHandler(() => serverForRequest(host, waiting), {
    legacy: 'reject',
    // Headers at once: a client may wait for the first byte no longer than a minute.
    responseMode: 'sse',
    maxRequestBodySize: LONGEST_MESSAGE,
  });
  const listeners = new HttpListeners(host.open, (uri) => modern.notify.resourceUpdated(uri));
  return {
    async answer(request) {
      const body = await bodyOf(request);
      if (await isLegacyRequest(request, body)) return sessions.answer(request, body);
      const response = await modern.fetch(request, { parsedBody: body });
      if (response.ok) listeners.add(body, request.signal);
      return response;
    },
    async close() {
      listeners.close();
      await Promise.all([modern.close(), sessions.close(), host.abandon(waiting)]);
    },
  };
}

/** Undefined when there is none that could be read: the SDK tells the client so. */
async function bodyOf(request: Request): Promise<unknown> {
  if (request.method !== 'POST') return undefined;
  try {
    const read = await readRequestBody(request.clone(), LONGEST_MESSAGE);
    return read.tooLarge ? undefined : JSON.parse(read.text);
  } catch {
    return undefined;
  }
}

/** A request is a connection of its own, to which the SDK connects what it is given. */
function serverForRequest(host: HttpHost, waiting: Set<string>): McpServer {
  const deliveries = new Deliveries();
  const subscriptions = new Subscriptions(host.open); // such a client listens instead
  const server = buildServer({ ...host, waiting, session: null, deliveries, subscriptions });
  const connect = server.connect.bind(server);
  server.connect = (transport) => connect(deliveries.observed(transport));
  return server;
}
