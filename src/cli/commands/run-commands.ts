/** The commands that run a script, and the options they share. */
import type { Command } from 'commander';
import type { BenchOptions } from '../run/bench.ts';
import { collect, type CommandLine, JSON_OPTION, toNumber } from './command-line.ts';
import { ID } from '../terminal/typed-job.ts';
import type { RerunOptions } from '../run/run-again.ts';
import type { RunOptions } from '../run/run-input.ts';

export const ARGS = 'arguments for the script: all that stands behind it';
const BENCH_ARGS = 'arguments for the script; put -- before the first that starts with -';
const HINT = '(--help shows our options)';

export function addRunCommands(cli: CommandLine): void {
  addRun(cli);
  addRerun(cli);
  addBench(cli);
}

function addRun(cli: CommandLine): void {
  const command = cli.program
    .command('run')
    .description(
      'Run a script as a job and follow it; Ctrl-C cancels it, Ctrl-\\ leaves it running',
    )
    .argument('[script]', 'a Python file, or - for code from standard input')
    .argument('[args...]', ARGS)
    .option('-c, --code <code>', 'run this code instead of a file')
    .option('-m, --module <name>', 'run a module, as python -m does: run -m pytest -q')
    .option('--command', 'run a program of the environment: run --command -- pytest -q');
  addRunOptions(addFollowOptions(command))
    .addHelpText('after', RUN_EPILOGUE)
    .action((script: string | undefined, args: string[], options: RunOptions) =>
      cli.startingJobs(async ({ jobs }) => {
        const words = script === undefined ? args : [script, ...args];
        return (await import('../run/run.ts')).run(jobs, words, options, cli.terminal);
      }),
    );
}

function addRerun(cli: CommandLine): void {
  cli.program
    .command('rerun')
    .description('Run an earlier job once more, and follow it')
    .argument('[id]', ID, 'last')
    .option('-d, --detach', 'print the new job id as soon as it runs, and leave it running')
    .option('-e, --env <name=value>', 'value that the job had, which is never stored', collect)
    .option('--stdin <file>', 'standard input of the script, - for ours')
    .option('-l, --label <label>', 'name shown in lists (default: as before)')
    .option('--json', 'print the result as JSON at the end instead of following')
    .action((id: string, options: RerunOptions) =>
      cli.startingJobs(async ({ jobs }) =>
        (await import('../run/run-again.ts')).rerun(jobs, id, options, cli.terminal),
      ),
    );
}

function addBench(cli: CommandLine): void {
  const command = cli.program
    .command('bench')
    .description('Run a script several times: time, CPU and memory as the kernel counts them')
    .argument('[script]', 'a Python file, or - for code from standard input')
    .argument('[args...]', BENCH_ARGS)
    .option('-c, --code <code>', 'run this code instead of a file')
    .option('-m, --module <name>', 'run a module, as python -m does')
    .option('--command', 'run a program of the environment: run --command -- pytest -q')
    .option('-r, --runs <n>', 'measured runs (default: 5)', toNumber)
    .option('-w, --warmup <n>', 'runs before them that are not counted (default: 0)', toNumber)
    .option('--compare-with <file>', 'a second script to take turns with, for the ratio of both');
  addRunOptions(command)
    .option(...JSON_OPTION)
    .action((script: string | undefined, args: string[], options: BenchOptions) =>
      cli.startingJobs(async ({ jobs }) => {
        const words = script === undefined ? args : [script, ...args];
        return (await import('../run/bench.ts')).bench(jobs, words, options, cli.terminal);
      }),
    );
}

/** How a command stays with the job it starts. */
export function addFollowOptions(command: Command): Command {
  return command
    .option('-d, --detach', 'print the job id as soon as the script runs, and leave it running')
    .option('-i, --interactive', 'pass on our standard input while the script runs')
    .option('--json', 'print the result as JSON at the end instead of following')
    .passThroughOptions();
}

/** What a script is run with. */
export function addRunOptions(command: Command): Command {
  return command
    .option(
      '--with <package>',
      'package to run it with, as in "numpy>=2"; may be repeated',
      collect,
    )
    .option('--no-auto-install', 'do not install well-known packages that it imports')
    .option('-l, --label <label>', 'name shown in lists (default: name of the script)')
    .option('-C, --dir <folder>', 'working directory (default: the current one)')
    .option('--python <version>', 'minor version of Python, such as 3.12')
    .option('-t, --timeout <seconds>', 'time limit of the script, 0 = none', toNumber)
    .option('-e, --env <name=value>', 'environment variable; may be repeated', collect)
    .option('--env-file <file>', '.env file; --env wins over it')
    .option('--stdin <file>', 'standard input of the script, - for ours')
    .option('--no-uv', 'use the installed interpreter only')
    .option('--max-output-bytes <n>', 'limit per output stream', toNumber)
    .option('--memory-limit-mb <n>', 'memory limit', toNumber)
    .option('--lock <name>', 'lock that it holds while it runs; may be repeated', collect)
    .option('--after <id>', 'job that must complete first; may be repeated', collect)
    .option('--gpus <n>', 'GPUs that it has for itself, in CUDA_VISIBLE_DEVICES', toNumber)
    .option('--sandbox', 'shut it off: no network, no home, writes to its job folder only')
    .option('--network', 'in the sandbox: let it use the network')
    .option('--write <where>', 'in the sandbox: what it may write (none, work, directory)')
    .option('--gpu', 'in the sandbox: let it see the GPUs')
    .option('--request-key <key>', 'the same key again: the same job, no second run')
    .showHelpAfterError(HINT);
}

const RUN_EPILOGUE = `
A pipe or a file at our standard input is the script's, unless --detach, --stdin or --interactive is given.
Exit code: the script's own; 128+n after signal n, 124 at its time limit, 130 when cancelled,
1 when it could not be run, 2 for wrong usage. A second Ctrl-C kills a script that does not end.`;
