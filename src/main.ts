/**
 * The program: decides between server and command line. The only place that reads argv and the
 * environment, listens to signals and ends the process.
 */
import { homeFolder } from './config/home-folder.ts';
import { JobError } from './core/job-error.ts';
import { maySandbox } from './executors/sandbox/verdict.ts';
import { keepServing } from './keep-serving.ts';
import { mayHaveGpus } from './executors/local/gpu-devices.ts';
import { VERSION } from './version.ts';

/** An orderly end takes at most this long, whatever hangs. */
const SHUTDOWN_LIMIT_MS = 15_000;

async function main(): Promise<void> {
  // Closed by a client that reads no diagnostics: then there are none.
  process.stderr.on('error', () => {});
  const args = process.argv.slice(2);
  const piped = args.length === 0 && !process.stdin.isTTY;
  if (piped) await serve();
  else process.exitCode = await (await import('./start-cli.ts')).runCommand(args, process.env);
}

async function serve(): Promise<void> {
  const { startStdio } = await import('./serve-stdio.ts');
  const openEngine = async () => (await import('./open-engine.ts')).openEngine(process.env);
  const offers = {
    hasSandbox: () => maySandbox(process.env['PATH'], homeFolder(process.env)),
    hasGpus: () => mayHaveGpus(process.env),
  };
  const session = startStdio(openEngine, VERSION, offers);
  keepServing((error) => void session.report(error));
  await Promise.race([session.ended, signalled()]);
  // oxlint-disable-next-line no-restricted-globals -- whatever hangs, `later` included
  setTimeout(() => process.exit(1), SHUTDOWN_LIMIT_MS).unref();
  await session.close();
  process.exit(0);
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
