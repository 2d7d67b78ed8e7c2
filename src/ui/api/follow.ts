/**
 * A live stream that outlasts lost connections, restarts of the server and sleep of the machine:
 * it goes on after the last event that was taken, so nothing is missing and nothing comes twice.
 */
import { ApiError, request } from './api.ts';
import { connection } from './connection.ts';
import { readEvents, type ServerEvent } from './event-stream.ts';
import { token } from './token.ts';

export interface Following {
  path: string;
  /** Sent as Last-Event-ID; moves with every event that has one. */
  lastId: string | null;
  /** The next event is asked for when this is done. True: nothing more is wanted. */
  take: (event: ServerEvent) => boolean | Promise<boolean>;
}

const FIRST_RETRY_MS = 250;
const LONGEST_RETRY_MS = 5_000;
/** The server gives a sign of life every 15 s. */
const SILENT_MS = 40_000;
/** Browsers allow six connections per server, over all tabs: hidden ones give theirs back. */
const HIDDEN_MS = 60_000;

/** Resolves when `take` has had enough or the signal is raised. @throws ApiError 4xx except 401 */
export async function follow(following: Following, signal: AbortSignal): Promise<void> {
  let retryMs = FIRST_RETRY_MS;
  while (!signal.aborted) {
    const used = token.value;
    try {
      await untilVisible(signal);
      const done = await readOnce(following, signal, () => (retryMs = FIRST_RETRY_MS));
      if (done || signal.aborted) return;
    } catch (error) {
      if (signal.aborted) return;
      if (isRefusal(error)) throw error;
      if (error instanceof ApiError && error.status === 401) {
        await token.when((value) => value !== used, signal);
        continue;
      }
    }
    if (document.hidden) continue; // closed by ourselves
    connection.set('lost');
    await pause(retryMs, signal);
    retryMs = Math.min(retryMs * 2, LONGEST_RETRY_MS);
  }
}

function isRefusal(error: unknown): boolean {
  return error instanceof ApiError && [400, 403, 404].includes(error.status);
}

async function readOnce(
  following: Following,
  signal: AbortSignal,
  alive: () => void,
): Promise<boolean> {
  const watch = new Watch(signal);
  const { lastId, path } = following;
  try {
    const headers: Record<string, string> = lastId === null ? {} : { 'last-event-id': lastId };
    const { body } = await request(path, { headers, signal: watch.signal });
    if (!body) return false;
    connection.set('live');
    for await (const event of readEvents(body)) {
      alive();
      watch.heard();
      if (!event) continue;
      const done = await following.take(event);
      following.lastId = event.id ?? following.lastId;
      if (done || signal.aborted) return done;
    }
    return false;
  } finally {
    if (connection.value === 'live') connection.set('connecting');
    watch.close();
  }
}

/** Ends a connection on which nothing comes any more, or that nobody looks at. */
class Watch {
  readonly #controller = new AbortController();
  readonly #outer: AbortSignal;
  #silence: ReturnType<typeof setTimeout> | undefined;
  #hidden: ReturnType<typeof setTimeout> | undefined;

  constructor(outer: AbortSignal) {
    this.#outer = outer;
    outer.addEventListener('abort', this.#end);
    document.addEventListener('visibilitychange', this.#visibility);
    this.heard();
    this.#visibility();
    if (outer.aborted) this.#end();
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  heard(): void {
    clearTimeout(this.#silence);
    this.#silence = setTimeout(this.#end, SILENT_MS);
  }

  close(): void {
    clearTimeout(this.#silence);
    clearTimeout(this.#hidden);
    this.#outer.removeEventListener('abort', this.#end);
    document.removeEventListener('visibilitychange', this.#visibility);
    this.#end();
  }

  readonly #end = (): void => this.#controller.abort();

  readonly #visibility = (): void => {
    clearTimeout(this.#hidden);
    if (document.hidden) this.#hidden = setTimeout(this.#end, HIDDEN_MS);
  };
}

function untilVisible(signal: AbortSignal): Promise<void> {
  if (!document.hidden || signal.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    const look = (): void => {
      if (document.hidden && !signal.aborted) return;
      document.removeEventListener('visibilitychange', look);
      signal.removeEventListener('abort', look);
      resolve();
    };
    document.addEventListener('visibilitychange', look);
    signal.addEventListener('abort', look);
  });
}

/** Ends early when the network comes back or someone looks at the page again. */
function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    const finish = (): void => {
      clearTimeout(timer);
      removeEventListener('online', finish);
      document.removeEventListener('visibilitychange', finish);
      signal.removeEventListener('abort', finish);
      resolve();
    };
    const timer = setTimeout(finish, milliseconds);
    addEventListener('online', finish);
    document.addEventListener('visibilitychange', finish);
    signal.addEventListener('abort', finish);
  });
}
