/** The commands that look at jobs, and those that end or remove them. */
import { Option } from 'commander';
import { FINAL_STATUSES } from '../../core/job.ts';
import type { ArtifactOptions } from '../jobs/artifacts.ts';
import { type CommandLine, JSON_OPTION, toNumber } from './command-line.ts';
import type { ListOptions } from '../jobs/list.ts';
import type { OutputOptions } from '../jobs/output.ts';
import type { PruneOptions } from '../jobs/prune.ts';
import type { WatchOptions } from '../jobs/watch.ts';
import type { InputOptions } from '../jobs/send-input.ts';

const STATUSES = ['pending', 'running', ...FINAL_STATUSES];
const ID = 'job: its id or the beginning of it, last, @2 (the one before), or its label';

export function addJobCommands(cli: CommandLine): void {
  addReading(cli);
  addOutput(cli);
  addWaiting(cli);
  addArtifacts(cli);
  addEnding(cli);
  addPrune(cli);
}

function addReading(cli: CommandLine): void {
  cli.program
    .command('jobs')
    .description('List jobs, newest first')
    .addOption(new Option('-s, --status <status>').choices(STATUSES))
    .option('--search <text>', 'only jobs with this text in id, label, tool or client')
    .option('--client <name>', 'only jobs of this client')
    .option('--label <text>', 'only jobs whose label begins so')
    .option('--since <age>', 'only jobs started so long ago at most: 90m, 24h, 7d')
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
    .description('Show a job: state, result, last lines of output')
    .argument('<id>', ID)
    .option(...JSON_OPTION)
    .action((id: string, options: { json?: boolean }) =>
      cli.withApp(async ({ jobs }) =>
        (await import('../jobs/show.ts')).showJob(jobs, id, options, cli.terminal),
      ),
    );
}

function addOutput(cli: CommandLine): void {
  cli.program
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
    .addHelpText('after', OUTPUT_EPILOGUE)
    .action((id: string, options: OutputOptions) =>
      cli.withApp(async ({ jobs }) =>
        (await import('../jobs/output.ts')).showOutput(jobs, id, options, cli.terminal),
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
    .description('End jobs and every process they started')
    .argument('<ids...>', ID)
    .option('-g, --grace <seconds>', 'time between TERM and KILL (default: 5)', toNumber)
    .option(...JSON_OPTION)
    .action((ids: string[], options: { grace?: number; json?: boolean }) =>
      cli.withApp(async ({ jobs }) =>
        (await import('../jobs/cancel.ts')).cancelJobs(jobs, ids, options, cli.terminal),
      ),
    );
}

function addPrune(cli: CommandLine): void {
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
