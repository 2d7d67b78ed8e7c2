/** `serve`: the HTTP API and the dashboard, until it is stopped. */
import { join } from 'node:path';
import { type Opened, openLink } from './open-link.ts';
import { type ListenOptions, type Root, USUAL_PORT } from './root.ts';
import { catchInterrupts } from '../terminal/interrupt.ts';
import { printLine, type Terminal } from '../terminal/terminal.ts';

export interface ServeOptions {
  port?: number;
  open?: boolean;
  rotateToken?: boolean;
  host?: string;
  dangerouslyBind?: string;
  allowHost?: string[];
  allowOrigin?: string[];
}

/** Returns the exit code once it was stopped: 0, for that is how a server ends. */
export async function serve(
  options: ServeOptions,
  terminal: Terminal,
  root: Root,
): Promise<number> {
  const config = await root.readConfig();
  const app = await root.createApp(config, true);
  const interrupts = catchInterrupts();
  try {
    const session = await root.startHttp(app, config, listenOptions(options));
    await printLine(terminal.stdout, session.link);
    const opened = options.open ? await open(session.link, config.home, terminal) : null;
    app.log.info('http server started', { version: root.version, home: config.home });
    await raised(interrupts.first);
    opened?.close();
    await session.close();
    return 0;
  } finally {
    interrupts.release();
    app.close();
  }
}

function listenOptions({
  port = USUAL_PORT,
  rotateToken = false,
  allowHost: allowHosts = [],
  allowOrigin: allowOrigins = [],
  host,
  dangerouslyBind,
}: ServeOptions): ListenOptions {
  return {
    port,
    rotateToken,
    allowHosts,
    allowOrigins,
    ...(host === undefined ? {} : { host }),
    ...(dangerouslyBind === undefined ? {} : { dangerouslyBind }),
  };
}

async function open(link: string, home: string, { env, stderr }: Terminal): Promise<Opened> {
  const opened = openLink(link, join(home, 'meta'), env);
  const remedy = 'No browser could be opened: open the link above, or name a program in BROWSER.';
  if (!(await opened.taken)) await printLine(stderr, remedy);
  return opened;
}

function raised(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
