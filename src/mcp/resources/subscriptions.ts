/**
 * Resources that a client wants to hear of, of one connection. Clients before 2026 say so with a
 * request of its own; later ones listen, which the SDK answers by itself: that they do is read from its
 * acknowledgement, that they do no longer from a notification which it sends to nobody.
 */
import type { JSONRPCMessage, McpServer, Transport } from '@modelcontextprotocol/server';
import { resultOf } from '../engine/answer.ts';
import type { McpEngine } from '../engine/engine.ts';

interface Params {
  /** What the SDK has acknowledged. */
  notifications?: { resourceSubscriptions?: string[] };
  uri?: string;
}

export class Subscriptions {
  readonly #open: () => Promise<McpEngine>;
  /** By address; null while the engine is asked. */
  readonly #watched = new Map<string, (() => void) | null>();
  /** Addresses of which somebody was told, since the set was last looked at. */
  readonly #told = new Set<string>();
  #server: McpServer | null = null;

  constructor(open: () => Promise<McpEngine>) {
    this.#open = open;
  }

  /** What is heard is sent by this server from now on. */
  attach(server: McpServer): void {
    this.#server = server;
    server.server.setRequestHandler('resources/subscribe', async ({ params }) => {
      await this.#watch(params.uri);
      return {};
    });
    server.server.setRequestHandler('resources/unsubscribe', ({ params }) => {
      this.#leave(params.uri);
      return {};
    });
  }

  /** The same transport, on which listening is noticed. */
  observed<Wire extends Transport>(transport: Wire): Wire {
    const send = transport.send.bind(transport);
    transport.send = async (message, options) => {
      this.#notice(message);
      await send(message, options);
    };
    return transport;
  }

  close(): void {
    for (const uri of this.#watched.keys()) this.#leave(uri);
  }

  #notice(message: JSONRPCMessage): void {
    if (!('method' in message)) return;
    const { notifications, uri = '' } = (message.params ?? {}) as Params;
    if (message.method === 'notifications/resources/updated') this.#told.add(uri);
    if (message.method !== 'notifications/subscriptions/acknowledged') return;
    for (const listened of notifications?.resourceSubscriptions ?? []) {
      this.#watch(listened).catch(() => {}); // nobody can be told: it was acknowledged
    }
  }

  /** @throws ProtocolError for an address that names nothing */
  async #watch(uri: string): Promise<void> {
    if (this.#watched.has(uri)) return;
    this.#watched.set(uri, null);
    try {
      const engine = await this.#open();
      const tell = (): void => void this.#tell(uri).catch(() => {}); // the connection may be gone
      const forget = (): void => void this.#watched.delete(uri);
      const stop = resultOf(await engine.watchResource(uri, tell, forget));
      if (this.#watched.has(uri)) this.#watched.set(uri, stop);
      else stop(); // left meanwhile, or over
    } catch (error) {
      this.#watched.delete(uri);
      throw error;
    }
  }

  async #tell(uri: string): Promise<void> {
    this.#told.delete(uri);
    await this.#server?.server.sendResourceUpdated({ uri });
    if (!this.#told.has(uri)) this.#leave(uri);
  }

  #leave(uri: string): void {
    this.#watched.get(uri)?.();
    this.#watched.delete(uri);
  }
}
