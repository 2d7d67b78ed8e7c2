/**
 * Whether a reply has left: what a caller is held to know moves then, and not before. A request that
 * was cancelled gets no reply, a connection that has gone takes none.
 */
import type { JSONRPCMessage, ServerContext, Transport } from '@modelcontextprotocol/server';

type RequestId = ServerContext['mcpReq']['id'];

/** Of one connection. */
export class Deliveries {
  readonly #awaited = new Map<RequestId, (delivered: boolean) => void>();

  /** Resolves once: true when the reply to the request was written, false when it never will be. */
  async ofReply({ mcpReq: { id, signal: cancelled }, http }: ServerContext): Promise<boolean> {
    const { promise, resolve } = Promise.withResolvers<boolean>();
    // Over HTTP a reply goes out on the connection that the request came by, or not at all.
    const signal = AbortSignal.any([cancelled, ...(http?.req ? [http.req.signal] : [])]);
    const drop = (): void => {
      if (this.#awaited.get(id) !== resolve) return; // on its way already
      this.#awaited.delete(id);
      resolve(false);
    };
    this.#awaited.set(id, resolve);
    signal.addEventListener('abort', drop, { once: true });
    if (signal.aborted) drop();
    return promise.finally(() => signal.removeEventListener('abort', drop));
  }

  /** The same transport, which from now on tells here what it has written. */
  observed<Wire extends Transport>(transport: Wire): Wire {
    const send = transport.send.bind(transport);
    transport.send = async (message, options) => {
      const tell = this.#takeReply(message);
      try {
        await send(message, options);
        tell(true);
      } catch (error) {
        tell(false);
        throw error;
      }
    };
    return transport;
  }

  #takeReply(message: JSONRPCMessage): (delivered: boolean) => void {
    if ('method' in message || message.id === undefined) return () => {};
    const tell = this.#awaited.get(message.id);
    this.#awaited.delete(message.id);
    return tell ?? (() => {});
  }
}
