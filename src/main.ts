/**
 * The program: decides between server and command line. The only place that reads argv and the
 * environment, listens to signals and ends the process.
 */
import type { App } from './app.ts';
import type { Config } from './config.ts';
import { JobError } from './core/job-error.ts';
import { VERSION } from './version.ts';

/** An orderly end takes at most this long, whatever hangs. */
const SHUTDOWN_LIMIT_MS = 15_000;

async function main(): Promise<void> {
  const args = process.argv.slice(2);
  const piped = args.length === 0 && !process.stdin.isTTY;
  if (piped) await serve();
  else process.exitCode = await (await import('./cli/program.ts')).runCommand(args, process.env);
}

async function serve(): Promise<void> {
  const { app, config } = await openApp();
  const { startStdio } = await import('./serve-stdio.ts');
  const session = startStdio(app, config, VERSION);
  app.log.info('server started', { version: VERSION, home: config.home });
  const reason = await Promise.race([session.ended, signalled()]);
  setTimeout(() => process.exit(1), SHUTDOWN_LIMIT_MS).unref();
  app.log.info('server stops', { reason });
  await session.close();
  app.close();
  process.exit(0);
}

async function openApp(): Promise<{ app: App; config: Config }> {
  const { createApp } = await import('./app.ts');
  const { readConfig } = await import('./read-config.ts');
  const config = await readConfig(process.env);
  return { app: createApp(config, process.env), config };
}

function signalled(): Promise<string> {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, resolve);
  });
}

main().catch((error: unknown) => {
  const known = error instanceof JobError;
  process.stderr.write(`python-mcp: ${known ? error.message : String((error as Error).stack)}\n`);
  process.exit(1);
});
