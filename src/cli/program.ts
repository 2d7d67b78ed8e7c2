/** The command line: from the words of a call to an exit code. What commands do is loaded when they run. */
import { Command, CommanderError } from 'commander';
import { CommandLine } from './commands/command-line.ts';
import { addEnvironmentCommands } from './commands/environment-commands.ts';
import { reportFailure } from './terminal/failure.ts';
import { addJobCommands } from './commands/job-commands.ts';
import { withOwnWords } from './commands/own-words.ts';
import { addRunCommands } from './commands/run-commands.ts';
import { addSessionCommands } from './commands/session-commands.ts';
import { addScriptCommands } from './commands/script-commands.ts';
import type { Root } from './set-up/root.ts';
import { addSetUpCommands } from './commands/set-up-commands.ts';
import type { Terminal } from './terminal/terminal.ts';

const USAGE_ERROR = 2;

/**
 * Runs one command to its end.
 * @returns the exit code: 0 ok, 1 a failure of ours, 2 wrong usage; `run` returns the script's.
 */
export async function runCommand(
  args: string[],
  env: NodeJS.ProcessEnv,
  root: Root,
): Promise<number> {
  const { stdout, stderr } = process;
  const terminal = {
    // Opened by those who read it: a pipe that Node has opened is of no use to a script.
    get stdin() {
      return process.stdin;
    },
    stdout,
    stderr,
    env,
  };
  for (const stream of [stdout, stderr]) stream.on('error', ignore); // each write tells by itself
  try {
    return await interpret(args, terminal, root);
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : USAGE_ERROR;
    return await reportFailure(error, terminal);
  }
}

function ignore(): void {}

async function interpret(args: string[], terminal: Terminal, root: Root): Promise<number> {
  const cli = commandLine(terminal, root);
  if (args.length === 0) cli.program.outputHelp();
  else await cli.program.parseAsync(withOwnWords(cli.program, args), { from: 'user' });
  return cli.exitCode;
}

/** Every command with its options: what is interpreted, and what the manual is made of. */
export function commandLine(terminal: Terminal, root: Root): CommandLine {
  const cli = new CommandLine(newProgram(root.version), terminal, root);
  addRunCommands(cli);
  addJobCommands(cli);
  addSessionCommands(cli);
  addScriptCommands(cli);
  addEnvironmentCommands(cli);
  addSetUpCommands(cli);
  return cli;
}

function newProgram(version: string): Command {
  return new Command('python-mcp')
    .description(ABOUT)
    .version(version)
    .exitOverride()
    .enablePositionalOptions()
    .helpCommand('help [command]', 'Show what a command does, and its options')
    .configureOutput({
      outputError: (text, write) => write(inOurWords(text)),
    })
    .showHelpAfterError('(--help shows what is possible)')
    .addHelpText('after', EPILOGUE);
}

/** A script where a command belongs is the first thing that people try. */
function inOurWords(error: string): string {
  return error
    .replace('error:', 'python-mcp:')
    .replace(/unknown command '(.+\.py)'/, '$&. To run a script: python-mcp run $1');
}

const ABOUT =
  'Runs Python scripts as jobs for AI agents and the people beside them.\n' +
  'Without arguments and with standard input piped it is an MCP server over stdio.';

const EPILOGUE = `
Examples:
  python-mcp run train.py --epochs 10       run, follow, exit with the script's code
  python-mcp run --detach train.py          leave it running, print the job id
  python-mcp logs -f last                   follow the newest job, whoever started it
  python-mcp install claude-code            add the server to a client

Exit codes: 0 ok, 1 failure, 2 wrong usage; "run" exits as the script does.
Jobs are kept in ~/.python_mcp (PYTHON_MCP_HOME).`;
