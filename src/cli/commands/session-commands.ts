/** The commands on sessions: a prompt, cells from elsewhere, list, stop, export. */
import type { SessionOptions } from '../sessions/run-cell.ts';
import { collect, type CommandLine, JSON_OPTION, toNumber } from './command-line.ts';

const NAME = 'name of the session';

export function addSessionCommands(cli: CommandLine): void {
  const session = cli.program
    .command('session')
    .description('Python that remembers: a prompt on a session, shared with agents by its name')
    .argument('[name]', `${NAME}; begun when none lives`, 'main')
    .option('-c, --code <code>', 'run this as one cell')
    .option('-f, --file <file>', 'run the cells of a .py (parted by "# %%") or .ipynb')
    .option('--restart', 'end it and begin anew, without its variables')
    .option('-C, --dir <folder>', 'working directory of a new one (default: a folder of its own)')
    .option('--with <package>', 'package for a new one; may be repeated', collect)
    .option('--python <version>', 'minor version of Python for a new one, such as 3.12')
    .option('-t, --timeout <seconds>', 'time limit of each cell', toNumber)
    .addHelpText('after', EPILOGUE)
    .action((name: string, options: SessionOptions) =>
      cli.startingJobs(async ({ jobs }) => {
        const { home } = await cli.root.readConfig();
        const { session: run } = await import('../sessions/run-cell.ts');
        return run(jobs, name, options, home, cli.terminal);
      }),
    );
  session
    .command('list')
    .description('List sessions that live')
    .option(...JSON_OPTION)
    .action((options: { json?: boolean }) =>
      cli.withApp(async ({ jobs }) =>
        (await import('../sessions/manage.ts')).listSessions(jobs, options, cli.terminal),
      ),
    );
  session
    .command('stop')
    .description('End a session')
    .argument('<name>', NAME)
    .action((name: string) =>
      cli.withApp(async ({ jobs }) =>
        (await import('../sessions/manage.ts')).stopSession(jobs, name, cli.terminal),
      ),
    );
  session
    .command('export')
    .description('Write the cells of a session, living or ended, as .ipynb or .py')
    .argument('<name>', NAME)
    .argument('[file]', 'standard output as .ipynb when it is left out')
    .action((name: string, file: string | undefined) =>
      cli.withApp(async ({ jobs }) =>
        (await import('../sessions/manage.ts')).exportSession(jobs, name, file, cli.terminal),
      ),
    );
}

const EPILOGUE = `
Code that is piped in is run, too. Exit code of -c, -f and pipes: 0 when all cells were ok, that of
exit() in a cell, else 1; the first cell that fails is the last one run.`;
