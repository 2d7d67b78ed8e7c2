/** Serves the home over HTTP until it is stopped: the API, live streams and the dashboard. */
import { join } from 'node:path';
import type { App } from './jobs/app.ts';
import type { Config } from './config/settings.ts';
import { invalid, JobError } from './core/job-error.ts';
import { accessFor, addressOf, bindAddress, type BindOptions } from './http/access/access.ts';
import { Metrics } from './http/live/metrics.ts';
import { tokenIn } from './http/access/stable-token.ts';
import { claimServeRecord, readServeRecord, type ServeRecord } from './http/access/serve-record.ts';
import { startServer } from './http/server.ts';
import type { Services } from './http/live/services.ts';
import { StreamSlots } from './http/live/stream-slots.ts';
import type { McpOverHttp } from './mcp/transports/http.ts';
import { engineOn } from './open-engine.ts';
import { faultFields, keepServing } from './keep-serving.ts';
import type { PidFile } from './os/pid-file.ts';

export interface HttpOptions extends BindOptions {
  /** 0 = any free one. */
  port: number;
  /** Makes the token of the home anew. */
  rotateToken: boolean;
}

export interface HttpSession {
  /** With the token in its fragment, for a browser. */
  link: string;
  close(): Promise<void>;
}

/**
 * @throws JobError unavailable when a server of this home runs already or the port is taken,
 * invalid_request for an address that others could reach.
 */
export async function startHttp(
  app: App,
  config: Config,
  version: string,
  options: HttpOptions,
): Promise<HttpSession> {
  const host = bindAddress(options);
  checkPort(options.port);
  const recordPath = join(config.home, 'meta', 'serve.json');
  refuseSecond(readServeRecord(recordPath));
  const token = tokenIn(join(config.home, 'meta'), options.rotateToken);
  const accessAt = (port: number) => accessFor(token, port, options);
  const mcp = await openMcp(app, config, version);
  const services = { ...servicesOf(app, config, version), mcp };
  const server = await startServer(services, { host, port: options.port }, accessAt);
  const url = addressOf(host, server.port, options);
  const record = await claimOrClose(recordPath, { url, token }, server);
  const leave = keepServing((error) => app.log.error('nobody caught a fault', faultFields(error)));
  return {
    link: `${url}#token=${token}`,
    async close() {
      record.release();
      leave();
      await mcp.close();
      await server.close();
    },
  };
}

function checkPort(port: number): void {
  if (Number.isInteger(port) && port >= 0 && port <= 65_535) return;
  throw invalid(
    '--port',
    `${port} is not a port.`,
    'Give a number from 0 (any free one) to 65535.',
  );
}

/** A bundle of its own: other commands do without the SDK. */
async function openMcp(app: App, config: Config, version: string): Promise<McpOverHttp> {
  const { mcpOverHttp } = await import('./mcp/transports/http.ts');
  const engine = engineOn(app, config);
  const open = async () => engine;
  const { hasSandbox, hasGpus } = app;
  const abandon = (runs: Iterable<string>): Promise<void> => app.jobs.control.abandon(runs);
  return mcpOverHttp({ version, open, hasSandbox, hasGpus, abandon });
}

function servicesOf(
  { jobs, scripts, environments, log }: App,
  { home }: Config,
  version: string,
): Omit<Services, 'mcp'> {
  const slots = new StreamSlots();
  return {
    jobs,
    scripts,
    environments,
    log,
    slots,
    metrics: new Metrics(jobs, slots),
    version,
    home,
    uiDirectory: uiDirectory(),
  };
}

/** Beside the bundle when installed, in `dist` in development. */
function uiDirectory(): string {
  const here = import.meta.dirname;
  return here.endsWith('src') ? join(here, '..', 'dist', 'ui') : join(here, 'ui');
}

async function claimOrClose(
  path: string,
  own: Pick<ServeRecord, 'url' | 'token'>,
  server: Awaited<ReturnType<typeof startServer>>,
): Promise<PidFile> {
  try {
    const record = claimServeRecord(path, own);
    if (record) return record;
    refuseSecond(readServeRecord(path));
    throw new JobError('unavailable', 'Another server of this home is starting. Try again.');
  } catch (error) {
    await server.close();
    throw error;
  }
}

function refuseSecond(first: ServeRecord | null): void {
  if (!first) return;
  const pid = Number.parseInt(first.process, 10);
  throw new JobError(
    'unavailable',
    `A server of this home already runs as process ${pid}: ${first.url}#token=${first.token} ` +
      'Open that link, or stop it first (Ctrl-C, or kill its process).',
  );
}
