/**
 * Resources that clients over HTTP listen to since 2026. The SDK keeps their streams and passes news on;
 * here is looked for them, once per address, as long as somebody listens.
 */
import type { McpEngine } from '../engine/engine.ts';

interface Watched {
  listeners: number;
  stop: () => void;
}

export class HttpListeners {
  readonly #open: () => Promise<McpEngine>;
  readonly #tell: (uri: string) => void;
  readonly #watched = new Map<string, Watched>();

  constructor(open: () => Promise<McpEngine>, tell: (uri: string) => void) {
    this.#open = open;
    this.#tell = tell;
  }

  /** @param body of a request that was taken @param gone raised when its client has left */
  add(body: unknown, gone: AbortSignal): void {
    for (const uri of addressesIn(body)) {
      if (gone.aborted) return;
      this.#watch(uri);
      gone.addEventListener('abort', () => this.#leave(uri), { once: true });
    }
  }

  close(): void {
    for (const { stop } of this.#watched.values()) stop();
    this.#watched.clear();
  }

  #watch(uri: string): void {
    const known = this.#watched.get(uri);
    if (known) known.listeners += 1;
    else this.#watched.set(uri, this.#start(uri));
  }

  #leave(uri: string): void {
    const watched = this.#watched.get(uri);
    if (!watched) return;
    watched.listeners -= 1;
    if (watched.listeners > 0) return;
    watched.stop();
    this.#watched.delete(uri);
  }

  #start(uri: string): Watched {
    const ended = new AbortController();
    void this.#look(uri, ended.signal).catch(() => {}); // nobody can be told: it was acknowledged
    return { listeners: 1, stop: () => ended.abort() };
  }

  async #look(uri: string, ended: AbortSignal): Promise<void> {
    const engine = await this.#open();
    const answer = await engine.watchResource(
      uri,
      () => this.#tell(uri),
      () => {},
    );
    if (!('result' in answer)) return;
    if (ended.aborted) answer.result();
    else ended.addEventListener('abort', answer.result, { once: true });
  }
}

interface ListenRequest {
  method?: string;
  params?: { notifications?: { resourceSubscriptions?: string[] } };
}

function addressesIn(body: unknown): Set<string> {
  const { method, params } = (body ?? {}) as ListenRequest;
  const isListening = method === 'subscriptions/listen';
  return new Set(isListening ? params?.notifications?.resourceSubscriptions : []);
}
