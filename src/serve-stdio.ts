/** Serves MCP over standard input and output, in both protocol eras, until the client goes away. */
import type { Readable, Writable } from 'node:stream';
import { serveStdio } from '@modelcontextprotocol/server/stdio';
import type { App } from './app.ts';
import type { Config } from './config.ts';
import { buildServer } from './mcp/server.ts';

export interface StdioSession {
  /** Resolves with the reason when the client has gone away. */
  ended: Promise<string>;
  /** Ends runs that nobody can collect any more; background jobs run on. */
  close(): Promise<void>;
}

export function startStdio(
  app: App,
  config: Config,
  version: string,
  stdin: Readable = process.stdin,
  stdout: Writable = process.stdout,
): StdioSession {
  const waiting = new Set<string>();
  const reportFault = (error: unknown): void => {
    app.log.error('a call failed', { error: error instanceof Error ? error.stack : String(error) });
  };
  const options = {
    jobs: app.jobs,
    scripts: app.scripts,
    version,
    budgetMs: config.async_timeout_seconds * 1000,
    waiting,
    reportFault,
  };
  const ended = whenGone(stdin, stdout);
  const handle = serveStdio(() => buildServer(options), { onerror: reportFault });
  return {
    ended,
    async close() {
      await Promise.allSettled([...waiting].map((id) => app.jobs.cancel(id)));
      await handle.close();
    },
  };
}

/** The SDK closes its transport by itself but leaves the process alive, so we listen too. */
function whenGone(stdin: Readable, stdout: Writable): Promise<string> {
  return new Promise((resolve) => {
    stdin.once('end', () => resolve('standard input ended'));
    stdin.once('close', () => resolve('standard input closed'));
    stdout.once('error', (error) => resolve(`standard output failed: ${error.message}`));
  });
}
