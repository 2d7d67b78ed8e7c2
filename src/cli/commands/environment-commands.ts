/** The commands on cached environments. */
import { Option } from 'commander';
import { type CommandLine, JSON_OPTION } from './command-line.ts';
import type { PruneEnvironmentsOptions } from '../manage/environments.ts';

export function addEnvironmentCommands(cli: CommandLine): void {
  const group = cli.program
    .command('envs')
    .description('Cached environments with their packages')
    .helpCommand(false);
  group
    .command('list', { isDefault: true })
    .description('List them, the last used first')
    .option(...JSON_OPTION)
    .action((options: { json?: boolean }) =>
      cli.withApp(async ({ environments }) =>
        (await import('../manage/environments.ts')).listEnvironments(
          environments,
          options,
          cli.terminal,
        ),
      ),
    );
  group
    .command('prune')
    .description('Remove those over the limits of the settings, or over these; never one in use')
    .option('--older-than <age>', 'those not used for this long: 24h, 7d')
    .option('--max-size <size>', 'the least recently used beyond this: 500M, 5G')
    .addOption(new Option('-a, --all', 'all of them').conflicts(['olderThan', 'maxSize']))
    .option('--dry-run', 'only say what would go')
    .option(...JSON_OPTION)
    .action((options: PruneEnvironmentsOptions) =>
      cli.withApp(async ({ environments }) =>
        (await import('../manage/environments.ts')).pruneEnvironments(
          environments,
          options,
          cli.terminal,
        ),
      ),
    );
}
