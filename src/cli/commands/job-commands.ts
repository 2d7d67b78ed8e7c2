/** The commands that look at jobs, and those that end or remove them. */
import { Option } from 'commander';
import { FINAL_STATUSES } from '../../core/job.ts';
import type { ArtifactOptions } from '../jobs/artifacts.ts';
import type { CancelOptions } from '../jobs/cancel.ts';
import type { GrepOptions } from '../jobs/grep.ts';
import { type CommandLine, JSON_OPTION, toNumber } from './command-line.ts';
import { ID } from '../terminal/typed-job.ts';
import type { ListOptions } from '../jobs/list.ts';
import type { OutputOptions } from '../jobs/output.ts';
import type { PruneOptions } from '../jobs/prune.ts';
import type { WatchOptions } from '../jobs/watch.ts';
import type { InputOptions } from '../jobs/send-input.ts';

const STATUSES = ['pending', 'running', ...FINAL_STATUSES];
export function addJobCommands(cli: CommandLine): void {
  addReading(cli);
  addStack(cli);
  addOutput(cli);
  addReaders(cli);
  addWaiting(cli);
  addArtifacts(cli);
  addEnding(cli);
  addRemoving(cli);
}

function addReading(cli: CommandLine): void {
  cli.program
    .command('jobs')
    .aliases(['ps', 'ls'])
    .description('List jobs, newest first')
    .addOption(new Option('-s, --status <status>').choices(STATUSES))
    .option('--search <text>', 'only jobs with this text in id, label, tool or client')
    .option('--client <name>', 'only jobs of this client')
    .option('--label <text>', 'only jobs whose label begins so')
    .option('--since <age>', 'only jobs started so long ago at most: 90m, 24h, 7d')
    .option('--sort <order>', 'newest, oldest, active (what runs first), longest, shortest, label')
    .option('-q, --quiet', 'print their ids alone')
    .option('-w, --watch', 'stay, and show the list as it changes')
    .option('--from <id>', 'begin at this job, going to older ones')
    .option('-n, --limit <n>', 'jobs per page (default: 50)', toNumber)
    .option('-p, --page <n>', 'page to show (default: 1)', toNumber)
    .option(...JSON_OPTION)
    .action((options: ListOptions) =>
      cli.withApp(async ({ jobs }) =>
        (await import('../jobs/list.ts')).listJobs(jobs, options, cli.terminal),
      ),
    );
  cli.program
    .command('show')
    .alias('status')
    .description('Show a job: state, result, last lines of output')
    .argument('<id>', ID)
    .option(...JSON_OPTION)
    .action((id: string, options: { json?: boolean }) =>
      cli.withApp(async ({ jobs }) =>
        (await import('../jobs/show.ts')).showJob(jobs, id, options, cli.terminal),
      ),
    );
}

function addStack(cli: CommandLine): void {
  cli.program
    .command('stack')
    .description('Print where the Python code of a running job is, all threads')
    .argument('<id>', ID)
    .option(...JSON_OPTION)
    .action((id: string, options: { json?: boolean }) =>
      cli.withApp(async ({ jobs }) =>
        (await import('../jobs/stack.ts')).showStack(jobs, id, options, cli.terminal),
      ),
    );
}

function addOutput(cli: CommandLine): void {
  cli.program
    .command('output')
    .alias('logs')
    .description('Print what a job printed, each stream to its own')
    .argument('<id>', ID)
    .option('-f, --follow', 'go on until the job ends; Ctrl-C stops following, not the job')
    .option('-n, --lines <n>', 'only the last lines, of both streams together', toNumber)
    .option('--tail <bytes>', 'begin this many bytes before the end', toNumber)
    .addOption(
      new Option('--stream <stream>', 'one stream only, to standard output')
        .choices(['stdout', 'stderr', 'both'])
        .default('both'),
    )
    .option('--raw', 'send terminal control characters to a terminal, too')
    .option('--cursor <cursor>', 'begin where an earlier reply ended')
    .option('--json', 'print one page and the cursor after it as JSON')
    .addHelpText('after', OUTPUT_EPILOGUE)
    .action((id: string, options: OutputOptions) =>
      cli.withApp(async ({ jobs }) =>
        (await import('../jobs/output.ts')).showOutput(jobs, id, options, cli.terminal),
      ),
    );
}

function addReaders(cli: CommandLine): void {
  cli.program
    .command('attach')
    .description('Follow a job from now on, as "output -f" does; Ctrl-C leaves it running')
    .argument('<id>', ID)
    .option('-n, --lines <n>', 'begin with the last lines', toNumber, 10)
    .action((id: string, { lines }: { lines: number }) =>
      cli.withApp(async ({ jobs }) => {
        const { showOutput } = await import('../jobs/output.ts');
        return showOutput(jobs, id, { follow: true, stream: 'both', lines }, cli.terminal);
      }),
    );
  cli.program
    .command('grep')
    .description('Print the lines of a job that have a text; exit code 1 when there are none')
    .argument('<text>', 'what to look for')
    .argument('[id]', ID, 'last')
    .option('-E, --regex', 'it is a pattern (RE2)')
    .option('-i, --ignore-case', 'upper and lower case alike')
    .action((text: string, id: string, options: GrepOptions) =>
      cli.withApp(async ({ jobs }) =>
        (await import('../jobs/grep.ts')).grepOutput(jobs, text, id, options, cli.terminal),
      ),
    );
}

const OUTPUT_EPILOGUE = `
What is gone of output over its limit (max_output_bytes) is said in its place on a terminal. A file
or a pipe gets the bytes that are left, and standard error says which ones are gone; --json names
them under "skipped".`;

function addWaiting(cli: CommandLine): void {
  cli.program
    .command('wait')
    .description('Wait silently until jobs have ended; a line each, and the exit code of the job')
    .argument('<ids...>', ID)
    .option('--any', 'until the first of them has ended')
    .action((ids: string[], options: { any?: boolean }) =>
      cli.withApp(async ({ jobs }) =>
        (await import('../jobs/wait.ts')).waitForJobs(jobs, ids, options, cli.terminal),
      ),
    );
  cli.program
    .command('watch')
    .description('Print only milestones of a job: each 10 %, the first error, a stall, the end')
    .argument('<id>', ID)
    .option('--every <seconds>', 'time between two lines at least', toNumber, 60)
    .option('--stall <seconds>', 'time without output that is said', toNumber, 300)
    .action((id: string, options: WatchOptions) =>
      cli.withApp(async (app) =>
        (await import('../jobs/watch.ts')).watchJob(app, id, options, cli.terminal),
      ),
    );
}

function addArtifacts(cli: CommandLine): void {
  cli.program
    .command('artifacts')
    .description('List the files a job left for its readers, or print one of them')
    .argument('<id>', ID)
    .argument('[name]', 'one of them')
    .option('-o, --output <file>', 'write it to a file')
    .option('--all <folder>', 'write all of them into a folder')
    .option(...JSON_OPTION)
    .action((id: string, name: string | undefined, options: ArtifactOptions) =>
      cli.withApp(async ({ jobs }) =>
        (await import('../jobs/artifacts.ts')).showArtifacts(jobs, id, name, options, cli.terminal),
      ),
    );
}

function addEnding(cli: CommandLine): void {
  cli.program
    .command('input')
    .description('Send a line to a job started with --interactive')
    .argument('<id>', ID)
    .argument('[text]', 'a newline is added')
    .option('--no-newline', 'send the text as it is')
    .option('--close', 'end the input after the text')
    .option(...JSON_OPTION)
    .action((id: string, text: string | undefined, options: InputOptions) =>
      cli.withApp(async ({ jobs }) =>
        (await import('../jobs/send-input.ts')).sendInput(jobs, id, text, options, cli.terminal),
      ),
    );
  cli.program
    .command('cancel')
    .alias('kill')
    .description('End jobs and every process they started')
    .argument('[ids...]', ID)
    .option('-a, --all', 'all jobs that wait or run')
    .option('-g, --grace <seconds>', 'time between TERM and KILL (default: 5)', toNumber)
    .option(...JSON_OPTION)
    .action((ids: string[], options: CancelOptions) =>
      cli.withApp(async ({ jobs }) =>
        (await import('../jobs/cancel.ts')).cancelJobs(jobs, ids, options, cli.terminal),
      ),
    );
}

function addRemoving(cli: CommandLine): void {
  cli.program
    .command('rm')
    .description('Remove ended jobs by name, with their output and files')
    .argument('<ids...>', ID)
    .option(...JSON_OPTION)
    .action((ids: string[], options: { json?: boolean }) =>
      cli.withApp(async ({ jobs }) =>
        (await import('../jobs/remove.ts')).removeJobs(jobs, ids, options, cli.terminal),
      ),
    );
  cli.program
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
      cli.withApp(async ({ jobs }) =>
        (await import('../jobs/prune.ts')).pruneEndedJobs(jobs, options, cli.terminal),
      ),
    );
}
