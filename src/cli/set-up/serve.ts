/** `serve`: the HTTP API and the dashboard, until it is stopped. */
import type { Root } from './root.ts';
import { catchInterrupts } from '../terminal/interrupt.ts';
import { printLine, type Terminal } from '../terminal/terminal.ts';

export interface ServeOptions {
  port?: number;
  host?: string;
  dangerouslyBind?: string;
  allowHost?: string[];
  allowOrigin?: string[];
}

/** Returns the exit code once it was stopped: 0, for that is how a server ends. */
export async function serve(
  options: ServeOptions,
  { stdout }: Terminal,
  root: Root,
): Promise<number> {
  const config = await root.readConfig();
  const app = await root.createApp(config, true);
  const interrupts = catchInterrupts();
  try {
    const {
      port = 0,
      allowHost: allowHosts = [],
      allowOrigin: allowOrigins = [],
      ...bind
    } = options;
    const session = await root.startHttp(app, config, { port, allowHosts, allowOrigins, ...bind });
    await printLine(stdout, session.link);
    app.log.info('http server started', { version: root.version, home: config.home });
    await raised(interrupts.first);
    await session.close();
    return 0;
  } finally {
    interrupts.release();
    app.close();
  }
}

function raised(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
