/** `serve`: the HTTP API and the dashboard, until it is stopped. */
import { VERSION } from '../../version.ts';
import { catchInterrupts } from '../terminal/interrupt.ts';
import { printLine, type Terminal } from '../terminal/terminal.ts';

export interface ServeOptions {
  port?: number;
  host?: string;
  dangerouslyBind?: string;
  allowHost?: string[];
}

/** Returns the exit code once it was stopped: 0, for that is how a server ends. */
export async function serve(options: ServeOptions, { env, stdout }: Terminal): Promise<number> {
  const [{ createApp }, { readConfig }, { startHttp }] = await Promise.all([
    import('../../app.ts'),
    import('../../config/read-settings.ts'),
    import('../../serve-http.ts'),
  ]);
  const config = await readConfig(env);
  const app = createApp(config, env);
  const interrupts = catchInterrupts();
  try {
    const { port = 0, allowHost: allowHosts = [], ...bind } = options;
    const session = await startHttp(app, config, VERSION, { port, allowHosts, ...bind });
    await printLine(stdout, session.link);
    app.log.info('http server started', { version: VERSION, home: config.home });
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
