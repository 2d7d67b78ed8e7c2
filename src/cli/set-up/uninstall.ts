/** `python-mcp uninstall`: takes this program out of the configuration of MCP clients. */
import { rmSync } from 'node:fs';
import { JobError } from '../../core/job-error.ts';
import { printJson, printLine, type Terminal } from '../terminal/terminal.ts';
import { listClients } from './choose-clients.ts';
import { changeFile } from './config-file.ts';
import { type Client, clientConfig, projectConfig } from './install-clients.ts';
import { launcherPath } from './client-launcher.ts';
import { removeServer } from './merge-config.ts';

export interface UninstallOptions {
  project?: boolean;
  json?: boolean;
}

/** Without names: of every client that has it. @throws JobError as `install` */
export async function uninstall(
  named: Client[],
  { project, json }: UninstallOptions,
  terminal: Terminal,
): Promise<void> {
  const { env, stdout } = terminal;
  const clients = named.length > 0 ? named : whoHasIt(env);
  const removed = clients.map((client) => {
    const config = project ? projectConfig(client, process.cwd()) : clientConfig(client, env);
    if (!config)
      throw new JobError('invalid_request', `${client} has no configuration for projects.`);
    const take = (text: string | null): string | null =>
      text === null ? null : removeServer(config, text);
    return { client, path: config.path, ...changeFile(config.path, take) };
  });
  if (!project && whoHasIt(env).length === 0) rmSync(launcherPath(env), { force: true });
  if (json) return printJson(terminal, { removed });
  if (removed.length === 0) await printLine(stdout, 'No client has python-mcp.');
  for (const { path, changed, backup } of removed) {
    const what = changed ? `Removed python-mcp from ${path}.` : `${path} has no python-mcp.`;
    await printLine(stdout, backup === null ? what : `${what} The file as it was: ${backup}`);
  }
}

function whoHasIt(env: NodeJS.ProcessEnv): Client[] {
  return listClients(env)
    .filter(({ state }) => state === 'has python-mcp')
    .map(({ client }) => client);
}
