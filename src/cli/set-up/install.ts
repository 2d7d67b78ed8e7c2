/** `python-mcp install`: this program in the configuration of an MCP client. */
import { copyFileSync, existsSync, mkdirSync, readFileSync, realpathSync, statSync } from 'node:fs';
import { dirname, resolve, sep } from 'node:path';
import { JobError } from '../../core/job-error.ts';
import { writeAtomic } from '../../os/atomic-file.ts';
import { type Client, type ClientConfig, clientConfig } from './install-clients.ts';
import { mergeServer, type ServerEntry, snippet } from './merge-config.ts';
import { printJson, printLine, styled, type Terminal } from '../terminal/terminal.ts';

export interface InstallOptions {
  write?: boolean;
  json?: boolean;
}

/** @throws JobError when the client's file cannot be changed without harm. */
export async function install(
  client: Client,
  { write, json }: InstallOptions,
  terminal: Terminal,
): Promise<void> {
  const config = clientConfig(client, terminal.env);
  const entry = serverEntry(config, terminal.env);
  const written = write ? writeConfig(config, entry) : null;
  const { path } = config;
  if (json) return printJson(terminal, { client, path, entry, ...written });
  await (written ? tell(written, path, terminal) : explain(config, entry, terminal));
}

/** Absolute paths: clients are started with a PATH of their own. */
function serverEntry({ typed }: ClientConfig, env: NodeJS.ProcessEnv): ServerEntry {
  const home = env['PYTHON_MCP_HOME'];
  return {
    ...(typed ? { type: 'stdio' as const } : {}),
    ...ownCommand(),
    ...(home ? { env: { PYTHON_MCP_HOME: resolve(home) } } : {}),
  };
}

/** What npx runs is a copy that may be gone tomorrow. */
function ownCommand(): { command: string; args: string[] } {
  const program = realpathSync(process.argv[1] ?? '');
  if (program.includes(`${sep}_npx${sep}`)) return { command: 'npx', args: ['-y', 'python-mcp'] };
  return { command: process.execPath, args: [program] };
}

interface Written {
  changed: boolean;
  /** Copy of the file as it was; null when there was none or nothing changed. */
  backup: string | null;
}

function writeConfig(config: ClientConfig, entry: ServerEntry): Written {
  const path = existsSync(config.path) ? realpathSync(config.path) : config.path; // never over a link
  const before = readIfThere(path);
  const after = mergeServer(config, before, entry);
  if (after === before) return { changed: false, backup: null };
  try {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    const backup = before === null ? null : keepCopy(path);
    const mode = before === null ? 0o600 : statSync(path).mode & 0o777;
    writeAtomic(path, after, { mode, durable: true });
    return { changed: true, backup };
  } catch (error) {
    const { message } = error as Error;
    throw new JobError('storage', `${path} cannot be written: ${message}.`, { cause: error });
  }
}

function readIfThere(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return null;
    throw new JobError('storage', `${path} cannot be read: ${message}.`, { cause: error });
  }
}

function keepCopy(path: string): string {
  const time = new Date().toISOString().replace(/\D/g, '').slice(0, 14);
  const backup = `${path}.${time}.bak`;
  copyFileSync(path, backup);
  return backup;
}

async function tell({ changed, backup }: Written, path: string, terminal: Terminal): Promise<void> {
  const { stdout } = terminal;
  if (!changed) return printLine(stdout, `${path} has python-mcp already.`);
  await printLine(stdout, `Added python-mcp to ${path}. Restart the client to use it.`);
  if (backup !== null) await printLine(stdout, `The file as it was: ${backup}`);
}

async function explain(
  config: ClientConfig,
  entry: ServerEntry,
  { stdout }: Terminal,
): Promise<void> {
  if (config.command) {
    await printLine(stdout, styled(stdout, 'dim', 'Run:'));
    await printLine(stdout, `${clientCommand(config.command, entry)}\n`);
  }
  const or = config.command ? 'or add to' : 'Add to';
  await printLine(stdout, styled(stdout, 'dim', `${or} ${config.path} (--write does it):`));
  await printLine(stdout, snippet(config, entry));
}

function clientCommand(
  command: string[],
  { command: program, args, env = {} }: ServerEntry,
): string {
  const variables = Object.entries(env).flatMap(([name, value]) => ['--env', `${name}=${value}`]);
  return [...command, ...variables, '--', program, ...args].map(shellWord).join(' ');
}

function shellWord(word: string): string {
  return /^[\w./:=@%+,-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}
