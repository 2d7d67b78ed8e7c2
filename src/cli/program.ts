/** The command line: every command, its options and its help. What they do is loaded when they run. */
import { Argument, Command, CommanderError, InvalidArgumentError, Option } from 'commander';
import { FINAL_STATUSES } from '../core/job.ts';
import type { JobService } from '../jobs/job-service.ts';
import { VERSION } from '../version.ts';
import { reportFailure } from './failure.ts';
import { CLIENTS } from './install-clients.ts';
import type { InstallOptions } from './install.ts';
import type { ListOptions } from './list.ts';
import type { OutputOptions } from './output.ts';
import type { PruneOptions } from './prune.ts';
import type { RunOptions } from './run-input.ts';
import type { InputOptions } from './send-input.ts';
import type { ServeOptions } from './serve.ts';
import { withJobs } from './session.ts';
import type { Terminal } from './terminal.ts';

const USAGE_ERROR = 2;
const JSON_OPTION = ['--json', 'print JSON'] as const;

/**
 * Runs one command to its end.
 * @returns the exit code: 0 ok, 1 a failure of ours, 2 wrong usage; `run` returns the script's.
 */
export async function runCommand(args: string[], env: NodeJS.ProcessEnv): Promise<number> {
  const { stdin, stdout, stderr } = process;
  const terminal = { stdin, stdout, stderr, env };
  for (const stream of [stdout, stderr]) stream.on('error', ignore); // each write tells by itself
  try {
    return await new CommandLine(terminal).run(args);
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : USAGE_ERROR;
    return await reportFailure(error, terminal);
  }
}

function ignore(): void {}

class CommandLine {
  readonly #terminal: Terminal;
  readonly #program: Command;
  #exitCode = 0;

  constructor(terminal: Terminal) {
    this.#terminal = terminal;
    this.#program = new Command('python-mcp')
      .description(ABOUT)
      .version(VERSION)
      .exitOverride()
      .helpCommand(false)
      .configureOutput({
        outputError: (text, write) => write(text.replace('error:', 'python-mcp:')),
      })
      .showHelpAfterError('(--help shows what is possible)')
      .addHelpText('after', EPILOGUE);
    this.#addRun();
    this.#addReading();
    this.#addEnding();
    this.#addServe();
    this.#addSetUp();
  }

  async run(args: string[]): Promise<number> {
    if (args.length === 0) this.#program.outputHelp();
    else await this.#program.parseAsync(args, { from: 'user' });
    return this.#exitCode;
  }

  /** A command on an open home; what it returns is the exit code. */
  async #withJobs(
    work: (jobs: JobService) => Promise<number | void>,
    startsJobs = false,
  ): Promise<void> {
    this.#exitCode = (await withJobs(this.#terminal, work, startsJobs)) ?? 0;
  }

  #addRun(): void {
    this.#program
      .command('run')
      .description('Run a script as a job and follow it; Ctrl-C cancels it')
      .argument('[script]', 'a Python file, or - for code from standard input')
      .argument('[args...]', 'arguments for the script; put -- before the first that starts with -')
      .option('-c, --code <code>', 'run this code instead of a file')
      .option('-d, --detach', 'print the job id as soon as the script runs, and leave it running')
      .option('-l, --label <label>', 'name shown in lists (default: name of the script)')
      .option('-C, --dir <folder>', 'working directory (default: the current one)')
      .option('--python <version>', 'minor version of Python, such as 3.12')
      .option('-t, --timeout <seconds>', 'time limit of the script, 0 = none', toNumber)
      .option('-e, --env <name=value>', 'environment variable; may be repeated', collect)
      .option('--env-file <file>', '.env file; --env wins over it')
      .option('--stdin <file>', 'standard input of the script, - for ours (default: empty)')
      .option('-i, --interactive', 'pass on our standard input while the script runs')
      .option('--no-uv', 'use the installed interpreter only')
      .option('--max-output-bytes <n>', 'limit per output stream', toNumber)
      .option('--memory-limit-mb <n>', 'memory limit', toNumber)
      .option('--json', 'print the result as JSON at the end instead of following')
      .addHelpText('after', RUN_EPILOGUE)
      .showHelpAfterError("(put -- before the script's own options; --help shows ours)")
      .action((script: string | undefined, args: string[], options: RunOptions) =>
        this.#withJobs(async (jobs) => {
          const words = script === undefined ? args : [script, ...args];
          return (await import('./run.ts')).run(jobs, words, options, this.#terminal);
        }, true),
      );
  }

  #addReading(): void {
    this.#program
      .command('jobs')
      .description('List jobs, newest first')
      .addOption(new Option('-s, --status <status>').choices(STATUSES))
      .option('-n, --limit <n>', 'jobs per page (default: 50)', toNumber)
      .option('-p, --page <n>', 'page to show (default: 1)', toNumber)
      .option(...JSON_OPTION)
      .action((options: ListOptions) =>
        this.#withJobs(async (jobs) =>
          (await import('./list.ts')).listJobs(jobs, options, this.#terminal),
        ),
      );
    this.#program
      .command('show')
      .description('Show a job: state, result, last lines of output')
      .argument('<id>', ID)
      .option(...JSON_OPTION)
      .action((id: string, options: { json?: boolean }) =>
        this.#withJobs(async (jobs) =>
          (await import('./show.ts')).showJob(jobs, id, options, this.#terminal),
        ),
      );
    this.#addOutput();
  }

  #addOutput(): void {
    this.#program
      .command('output')
      .description('Print what a job printed, each stream to its own')
      .argument('<id>', ID)
      .option('-f, --follow', 'go on until the job ends; Ctrl-C stops following, not the job')
      .option('-n, --tail <bytes>', 'begin this many bytes before the end', toNumber)
      .addOption(
        new Option('--stream <stream>', 'one stream only, to standard output')
          .choices(['stdout', 'stderr', 'both'])
          .default('both'),
      )
      .option('--raw', 'send terminal control characters to a terminal, too')
      .option('--cursor <cursor>', 'begin where an earlier reply ended')
      .option('--json', 'print one page and the cursor after it as JSON')
      .action((id: string, options: OutputOptions) =>
        this.#withJobs(async (jobs) =>
          (await import('./output.ts')).showOutput(jobs, id, options, this.#terminal),
        ),
      );
  }

  #addEnding(): void {
    this.#program
      .command('input')
      .description('Send a line to a job started with --interactive')
      .argument('<id>', ID)
      .argument('[text]', 'a newline is added')
      .option('--no-newline', 'send the text as it is')
      .option('--close', 'end the input after the text')
      .option(...JSON_OPTION)
      .action((id: string, text: string | undefined, options: InputOptions) =>
        this.#withJobs(async (jobs) =>
          (await import('./send-input.ts')).sendInput(jobs, id, text, options, this.#terminal),
        ),
      );
    this.#program
      .command('cancel')
      .description('End jobs and every process they started')
      .argument('<ids...>', ID)
      .option('-g, --grace <seconds>', 'time between TERM and KILL (default: 5)', toNumber)
      .option(...JSON_OPTION)
      .action((ids: string[], options: { grace?: number; json?: boolean }) =>
        this.#withJobs(async (jobs) =>
          (await import('./cancel.ts')).cancelJobs(jobs, ids, options, this.#terminal),
        ),
      );
    this.#addPrune();
  }

  #addPrune(): void {
    this.#program
      .command('prune')
      .description('Remove ended jobs with their output')
      .option('--completed', 'those that completed')
      .option('--failed', 'those that failed')
      .option('--cancelled', 'those that were cancelled')
      .option('-a, --all', 'all of these')
      .option('--older-than <age>', 'only those that ended this long ago: 90m, 24h, 7d', '24h')
      .option('--dry-run', 'only say what would go')
      .option(...JSON_OPTION)
      .action((options: PruneOptions) =>
        this.#withJobs(async (jobs) =>
          (await import('./prune.ts')).pruneEndedJobs(jobs, options, this.#terminal),
        ),
      );
  }

  #addServe(): void {
    this.#program
      .command('serve')
      .description('Serve the HTTP API and the dashboard on this machine until it is stopped')
      .option('-p, --port <port>', 'port to listen on (default: a free one)', toNumber)
      .option('--host <host>', 'loopback address: 127.0.0.1 (default) or ::1')
      .option('--dangerously-bind <host>', 'listen where other machines can reach it')
      .option('--allow-host <host>', 'with that: a name clients use; may be repeated', collect)
      .action(async (options: ServeOptions) => {
        this.#exitCode = await (await import('./serve.ts')).serve(options, this.#terminal);
      });
  }

  #addSetUp(): void {
    this.#program
      .command('doctor')
      .description('Check what python-mcp needs, and say how to get what is missing')
      .option(...JSON_OPTION)
      .action(async (options: { json?: boolean }) => {
        this.#exitCode = await (await import('./doctor.ts')).doctor(options, this.#terminal);
      });
    this.#program
      .command('install')
      .description('Show how to add python-mcp to an MCP client, or do it')
      .addArgument(new Argument('<client>', 'the client').choices(CLIENTS))
      .option('-w, --write', "change the client's config file; a copy of the old one is kept")
      .option(...JSON_OPTION)
      .action(async (client: (typeof CLIENTS)[number], options: InstallOptions) => {
        const { install } = await import('./install.ts');
        await install(client, options, this.#terminal);
      });
  }
}

const STATUSES = ['pending', 'running', ...FINAL_STATUSES];
const ID = 'job id, or the beginning of one';

const ABOUT =
  'Runs Python scripts as jobs for AI agents and the people beside them.\n' +
  'Without arguments and with standard input piped it is an MCP server over stdio.';

const EPILOGUE = `
Examples:
  python-mcp run train.py -- --epochs 10    run, follow, exit with the script's code
  python-mcp run --detach train.py          leave it running, print the job id
  python-mcp output -f ID                   follow a job, whoever started it
  python-mcp install claude-code            add the server to a client

Exit codes: 0 ok, 1 failure, 2 wrong usage; "run" exits as the script does.
Jobs are kept in ~/.python_mcp (PYTHON_MCP_HOME).`;

const RUN_EPILOGUE = `
The script's standard input is empty unless --stdin or --interactive is given.
Exit code: the script's own; 128+n after signal n, 124 at its time limit, 130 when cancelled,
1 when it could not be run, 2 for wrong usage. A second Ctrl-C kills a script that does not end.`;

function toNumber(text: string): number {
  const number = Number(text);
  if (text.trim() !== '' && Number.isFinite(number)) return number;
  throw new InvalidArgumentError('It is not a number.');
}

function collect(value: string, earlier: string[] = []): string[] {
  return [...earlier, value];
}
