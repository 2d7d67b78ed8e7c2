/** The commands on scripts that are kept by name. */
import type { Command } from 'commander';
import { collect, type CommandLine, JSON_OPTION } from './command-line.ts';
import { addFollowOptions, addRunOptions, ARGS } from './run-commands.ts';
import type { RunOptions } from '../run/run-input.ts';
import type { SaveOptions } from '../manage/scripts.ts';

const NAME = 'name of a saved script';

export function addScriptCommands(cli: CommandLine): void {
  const scripts = cli.program
    .command('scripts')
    .enablePositionalOptions()
    .description('Scripts that are kept by name')
    .helpCommand(false);
  addList(cli, scripts);
  addSave(cli, scripts);
  addRun(cli, scripts);
  addRemove(cli, scripts);
}

function addList(cli: CommandLine, group: Command): void {
  group
    .command('list', { isDefault: true })
    .description('List saved scripts')
    .option(...JSON_OPTION)
    .action((options: { json?: boolean }) =>
      cli.withApp(async ({ scripts }) =>
        (await import('../manage/scripts.ts')).listScripts(scripts, options, cli.terminal),
      ),
    );
  group
    .command('show')
    .description('Print the source of a saved script')
    .argument('<name>', NAME)
    .option(...JSON_OPTION)
    .action((name: string, options: { json?: boolean }) =>
      cli.withApp(async ({ scripts }) =>
        (await import('../manage/scripts.ts')).showScript(scripts, name, options, cli.terminal),
      ),
    );
}

function addSave(cli: CommandLine, group: Command): void {
  group
    .command('save')
    .description('Save a script by name')
    .argument('<name>', 'lower-case letters, digits, "-" and "_"')
    .argument('<file>', 'a Python file, or - for standard input')
    .option('--with <package>', 'package it needs; may be repeated', collect)
    .option('--requires-python <versions>', 'such as ">=3.11"')
    .option('--overwrite', 'replace a script of this name')
    .option(...JSON_OPTION)
    .action((name: string, file: string, options: SaveOptions) =>
      cli.withApp(async ({ scripts }) =>
        (await import('../manage/scripts.ts')).saveScript(
          scripts,
          name,
          file,
          options,
          cli.terminal,
        ),
      ),
    );
}

function addRun(cli: CommandLine, group: Command): void {
  const command = group
    .command('run')
    .description('Run a saved script as "run" does a file')
    .argument('<name>', NAME)
    .argument('[args...]', ARGS);
  addRunOptions(addFollowOptions(command)).action(
    (name: string, args: string[], options: RunOptions) =>
      cli.startingJobs(async ({ jobs, scripts }) => {
        const words = [await scripts.find(name), ...args];
        const named = { label: name, ...options };
        return (await import('../run/run.ts')).run(jobs, words, named, cli.terminal, 'scripts run');
      }),
  );
}

function addRemove(cli: CommandLine, group: Command): void {
  group
    .command('remove')
    .description('Remove a saved script')
    .argument('<name>', NAME)
    .option(...JSON_OPTION)
    .action((name: string, options: { json?: boolean }) =>
      cli.withApp(async ({ scripts }) =>
        (await import('../manage/scripts.ts')).removeScript(scripts, name, options, cli.terminal),
      ),
    );
}
