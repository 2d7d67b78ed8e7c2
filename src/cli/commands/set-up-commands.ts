/** The commands that set python-mcp up: a server for browsers, checks, clients. */
import { Argument } from 'commander';
import { collect, type CommandLine, JSON_OPTION, toNumber } from './command-line.ts';
import { CLIENTS } from '../set-up/install-clients.ts';
import { USUAL_PORT } from '../set-up/root.ts';
import type { InstallOptions } from '../set-up/install.ts';
import type { ServeOptions } from '../set-up/serve.ts';

export function addSetUpCommands(cli: CommandLine): void {
  addServe(cli);
  addSetUp(cli);
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
    .description('Show how to add python-mcp to an MCP client, or do it')
    .addArgument(new Argument('<client>', 'the client').choices(CLIENTS))
    .option('-w, --write', "change the client's config file; a copy of the old one is kept")
    .option(...JSON_OPTION)
    .action(async (client: (typeof CLIENTS)[number], options: InstallOptions) => {
      const { install } = await import('../set-up/install.ts');
      await install(client, options, cli.terminal);
    });
}
