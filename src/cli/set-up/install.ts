/** `python-mcp install`: this program in the configuration of MCP clients. */
import { JobError } from '../../core/job-error.ts';
import { printJson, printLine, styled, type Terminal } from '../terminal/terminal.ts';
import { chooseClients, listClients } from './choose-clients.ts';
import { changeFile, type Written } from './config-file.ts';
import {
  type Client,
  type ClientConfig,
  clientConfig,
  CLIENTS,
  isThere,
  projectConfig,
  type ServerEntry,
  type Start,
} from './install-clients.ts';
import { startOf, writeLauncher } from './client-launcher.ts';
import { mergeServer, snippet } from './merge-config.ts';

export interface InstallOptions {
  all?: boolean;
  project?: boolean;
  print?: boolean;
  write?: boolean;
  json?: boolean;
}

/** @throws JobError when a client's file cannot be changed without harm. */
export async function install(
  named: Client[],
  options: InstallOptions,
  terminal: Terminal,
): Promise<void> {
  const { all, write, print, json } = options;
  if (named.length === 0 && !all) return installChosen(options, terminal);
  const clients = all ? CLIENTS.filter((client) => isThere(client, terminal.env)) : named;
  if (clients.length === 0) return printLine(terminal.stdout, 'No MCP client was found here.');
  const start = startOf(terminal.env);
  const isWriting = (write || all) && !print;
  if (isWriting || print) writeLauncher(terminal.env);
  for (const client of clients) {
    const config = configOf(client, options, terminal);
    const entry = config.entry(start);
    const written = isWriting ? writeEntry(config, entry) : null;
    const { path } = config;
    if (json) await printJson(terminal, { client, path, entry, ...written });
    else if (written) await tell(written, path, terminal);
    else if (print) await printLine(terminal.stdout, snippet(config, entry));
    else await explain(config, start, terminal);
  }
}

/** Lists what there is, and asks when somebody can answer. */
async function installChosen(options: InstallOptions, terminal: Terminal): Promise<void> {
  if (options.json) return printJson(terminal, { clients: listClients(terminal.env) });
  const chosen = await chooseClients(terminal);
  if (chosen.length > 0) await install(chosen, { ...options, write: true }, terminal);
}

function configOf(client: Client, { project }: InstallOptions, { env }: Terminal): ClientConfig {
  if (!project) return clientConfig(client, env);
  const config = projectConfig(client, process.cwd());
  if (config) return config;
  throw new JobError('invalid_request', `${client} has no configuration for projects.`);
}

function writeEntry(config: ClientConfig, entry: ServerEntry): Written {
  return changeFile(config.path, (text) => mergeServer(config, text, entry));
}

async function tell({ changed, backup }: Written, path: string, terminal: Terminal): Promise<void> {
  const { stdout } = terminal;
  if (!changed) return printLine(stdout, `${path} has python-mcp already.`);
  await printLine(stdout, `Added python-mcp to ${path}. Restart the client to use it.`);
  if (backup !== null) await printLine(stdout, `The file as it was: ${backup}`);
}

async function explain(
  config: ClientConfig,
  start: Start,
  { env, stdout }: Terminal,
): Promise<void> {
  writeLauncher(env); // what is shown works when it is pasted
  if (config.command) {
    await printLine(stdout, styled(stdout, 'dim', 'Run:'));
    await printLine(stdout, `${clientCommand(config.command, start)}\n`);
  }
  const or = config.command ? 'or add to' : 'Add to';
  await printLine(stdout, styled(stdout, 'dim', `${or} ${config.path} (--write does it):`));
  await printLine(stdout, snippet(config, config.entry(start)));
}

function clientCommand(command: string[], { command: program, args, env }: Start): string {
  const variables = Object.entries(env).flatMap(([name, value]) => ['--env', `${name}=${value}`]);
  return [...command, ...variables, '--', program, ...args].map(shellWord).join(' ');
}

function shellWord(word: string): string {
  return /^[\w./:=@%+,-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}
