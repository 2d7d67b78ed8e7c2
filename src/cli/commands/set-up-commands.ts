/** The commands that set python-mcp up: a server for browsers, checks, clients. */
import { Argument } from 'commander';
import { collect, type CommandLine, JSON_OPTION, toNumber } from './command-line.ts';
import { type Client, CLIENTS } from '../set-up/install-clients.ts';
import { SCRIPTS, type Shell, SHELLS } from '../completion/shell-scripts.ts';
import { printLine } from '../terminal/terminal.ts';
import { USUAL_PORT } from '../set-up/root.ts';
import type { InstallOptions } from '../set-up/install.ts';
import type { ServeOptions } from '../set-up/serve.ts';
import type { UninstallOptions } from '../set-up/uninstall.ts';

export function addSetUpCommands(cli: CommandLine): void {
  addServe(cli);
  addSetUp(cli);
  addCompletion(cli);
}

function addServe(cli: CommandLine): void {
  cli.program
    .command('serve')
    .description('Serve the HTTP API and the dashboard on this machine until it is stopped')
    .option(
      '-p, --port <port>',
      `port to listen on; 0 = any free one (default: ${USUAL_PORT})`,
      toNumber,
    )
    .option('-o, --open', 'open the dashboard in the browser')
    .option('--rotate-token', 'make the token anew; the one before opens nothing any more')
    .option('--host <host>', 'loopback address: 127.0.0.1 (default) or ::1')
    .option('--dangerously-bind <host>', 'listen where other machines can reach it')
    .option('--allow-host <host>', 'with that: a name clients use; may be repeated', collect)
    .option('--allow-origin <origin>', 'address under which a proxy shows it: https://…', collect)
    .action(async (options: ServeOptions) => {
      cli.exitCode = await (
        await import('../set-up/serve.ts')
      ).serve(options, cli.terminal, cli.root);
    });
}

function addSetUp(cli: CommandLine): void {
  cli.program
    .command('doctor')
    .description('Check what python-mcp needs, and say how to get what is missing')
    .option(...JSON_OPTION)
    .action(async (options: { json?: boolean }) => {
      cli.exitCode = await (
        await import('../set-up/doctor.ts')
      ).doctor(options, cli.terminal, cli.root);
    });
  cli.program
    .command('install')
    .description('Show how to add python-mcp to MCP clients, or do it; alone: list them and ask')
    .addArgument(new Argument('[clients...]', 'which').choices(CLIENTS))
    .option('-a, --all', 'add it to every client that is found')
    .option('-w, --write', "change the client's config file; a copy of the old one is kept")
    .option('--project', 'in the file of the project that is the current folder')
    .option('--print', 'print only the entry')
    .option(...JSON_OPTION)
    .action(async (clients: Client[], options: InstallOptions) => {
      const { install } = await import('../set-up/install.ts');
      await install(clients, options, cli.terminal);
    });
  cli.program
    .command('uninstall')
    .description('Take python-mcp out of MCP clients: those named, or all that have it')
    .addArgument(new Argument('[clients...]', 'which').choices(CLIENTS))
    .option('--project', 'from the file of the project that is the current folder')
    .option(...JSON_OPTION)
    .action(async (clients: Client[], options: UninstallOptions) => {
      const { uninstall } = await import('../set-up/uninstall.ts');
      await uninstall(clients, options, cli.terminal);
    });
}

function addCompletion(cli: CommandLine): void {
  cli.program
    .command('completion')
    .description('Print what makes a shell complete commands, options, job ids and labels')
    .addArgument(new Argument('<shell>', 'the shell').choices(SHELLS))
    .action((shell: Shell) => printLine(cli.terminal.stdout, SCRIPTS[shell].trimEnd()));
  cli.program
    .command('complete', { hidden: true })
    .argument('[words...]', 'what was typed behind the name of the program')
    .passThroughOptions()
    .action(async (words: string[]) => {
      const { complete } = await import('../completion/complete.ts');
      await complete(cli.program, words, (work) => cli.withApp(work), cli.terminal);
    });
}
