/** Serves MCP over standard input and output, in both protocol eras, until the client goes away. */
import type { Readable, Writable } from 'node:stream';
import { serveStdio, StdioServerTransport } from '@modelcontextprotocol/server/stdio';
import { faultFields } from './keep-serving.ts';
import type { ServerEngine } from './open-engine.ts';
import { Deliveries } from './mcp/deliveries.ts';
import { Subscriptions } from './mcp/resources/subscriptions.ts';
import { buildServer, type Offers } from './mcp/server.ts';
import { later, UNTOLD } from './os/every.ts';
import { checkedInput, LONGEST_MESSAGE } from './mcp/transports/checked-input.ts';

export interface StdioSession {
  /** Resolves with the reason when the client has gone away. */
  ended: Promise<string>;
  /** Notes down a fault of ours that nobody caught. */
  report(error: unknown): Promise<void>;
  /** Ends runs that nobody can collect any more; background jobs run on. */
  close(): Promise<void>;
}

/**
 * Without a call the engine is opened after this long, so that it looks after the jobs of servers
 * that are gone. First the client gets its list of tools.
 */
const OPEN_AFTER_MS = 250;

export function startStdio(
  openEngine: () => Promise<ServerEngine>,
  version: string,
  offers: Offers,
  stdin: Readable = process.stdin,
  stdout: Writable = process.stdout,
): StdioSession {
  const waiting = new Set<string>();
  const engine = new Opened(openEngine);
  const ended = whenGone(stdin, stdout);
  const deliveries = new Deliveries();
  const open = (): Promise<ServerEngine> => engine.get();
  const subscriptions = new Subscriptions(open);
  const host = { version, waiting, ...offers, session: null, deliveries, subscriptions, open };
  const input = checkedInput(stdin, stdout);
  const wire = new StdioServerTransport(input, stdout, { maxBufferSize: 2 * LONGEST_MESSAGE });
  const transport = subscriptions.observed(deliveries.observed(wire));
  const handle = serveStdio(() => buildServer(host), { transport, onerror: () => {} });
  const opening = later('the start', () => engine.get().catch(complain), UNTOLD);
  opening.within(OPEN_AFTER_MS);
  return {
    ended,
    report: async (error) => noteFault(error, await engine.ifOpened()),
    async close() {
      opening.stop();
      subscriptions.close();
      const opened = await engine.ifOpened();
      await opened?.app.jobs.control.abandon(waiting);
      await opened?.app.jobs.settle();
      await handle.close();
      opened?.app.close();
    },
  };
}

/** Opens once; after a failure again, for the next caller may find the cause mended. */
class Opened {
  readonly #open: () => Promise<ServerEngine>;
  #engine: Promise<ServerEngine> | null = null;

  constructor(open: () => Promise<ServerEngine>) {
    this.#open = open;
  }

  get(): Promise<ServerEngine> {
    this.#engine ??= this.#open().catch((error: unknown) => {
      this.#engine = null;
      throw error;
    });
    return this.#engine;
  }

  async ifOpened(): Promise<ServerEngine | null> {
    return this.#engine && this.#engine.catch(() => null);
  }
}

function noteFault(error: unknown, opened: ServerEngine | null): void {
  if (opened) opened.app.log.error('nobody caught a fault', faultFields(error));
  else complain(error instanceof Error ? error : new Error(String(error)));
}

function complain(error: Error): void {
  process.stderr.write(`python-mcp: ${error.message}\n`);
}

/** The SDK closes its transport by itself but leaves the process alive, so we listen too. */
function whenGone(stdin: Readable, stdout: Writable): Promise<string> {
  return new Promise((resolve) => {
    stdin.once('end', () => resolve('standard input ended'));
    stdin.once('close', () => resolve('standard input closed'));
    stdout.once('error', (error) => resolve(`standard output failed: ${error.message}`));
  });
}
