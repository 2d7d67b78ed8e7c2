/** Where MCP clients keep their configuration, and what an entry looks like there. */
import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';

export const CLIENTS = [
  'claude-code',
  'claude-desktop',
  'cursor',
  'vscode',
  'codex',
  'gemini',
  'opencode',
  'zed',
  'copilot',
] as const;
export type Client = (typeof CLIENTS)[number];

/** How the server is started, whoever writes it down. */
export interface Start {
  command: string;
  args: string[];
  env: Record<string, string>;
}

export type ServerEntry = Record<string, unknown>;

export interface ClientConfig {
  path: string;
  format: 'json' | 'toml';
  /** Table that holds one entry per server. */
  table: string;
  entry(start: Start): ServerEntry;
  /** The client's own command for it, before the server's; null when it has none. */
  command: string[] | null;
}

export const SERVER_NAME = 'python-mcp';

/** What a client may have changed in its entry, and keeps. */
export const KEPT_KEYS = ['enabled', 'tools'];

interface Shape {
  /** Below the user's own folder; the first that is there, or the first. */
  user: (places: Places) => string[];
  /** Below the folder of a project; null for clients without such a file. */
  project: string | null;
  format?: 'toml';
  table: string;
  entry: (start: Start) => ServerEntry;
  command?: string[];
}

interface Places {
  home: string;
  settings: string;
  env: NodeJS.ProcessEnv;
}

const plain = ({ command, args, env }: Start): ServerEntry => ({
  command,
  args,
  ...given({ env }),
});
const typed = (start: Start): ServerEntry => ({ type: 'stdio', ...plain(start) });

const SHAPES: Record<Client, Shape> = {
  'claude-code': {
    user: ({ home, env }) => [join(env['CLAUDE_CONFIG_DIR'] || home, '.claude.json')],
    project: '.mcp.json',
    table: 'mcpServers',
    entry: typed,
    command: ['claude', 'mcp', 'add', '--scope', 'user', SERVER_NAME],
  },
  'claude-desktop': {
    user: ({ settings }) => [join(settings, 'Claude', 'claude_desktop_config.json')],
    project: null,
    table: 'mcpServers',
    entry: plain,
  },
  cursor: {
    user: ({ home }) => [join(home, '.cursor', 'mcp.json')],
    project: '.cursor/mcp.json',
    table: 'mcpServers',
    entry: plain,
  },
  vscode: {
    user: ({ settings }) => [join(settings, 'Code', 'User', 'mcp.json')],
    project: '.vscode/mcp.json',
    table: 'servers',
    entry: typed,
  },
  codex: {
    user: ({ home, env }) => [join(env['CODEX_HOME'] || join(home, '.codex'), 'config.toml')],
    project: '.codex/config.toml',
    format: 'toml',
    table: 'mcp_servers',
    entry: plain,
    command: ['codex', 'mcp', 'add', SERVER_NAME],
  },
  gemini: {
    user: ({ home }) => [join(home, '.gemini', 'settings.json')],
    project: '.gemini/settings.json',
    table: 'mcpServers',
    entry: plain,
  },
  opencode: {
    user: ({ home, env }) => {
      const folder = join(env['XDG_CONFIG_HOME'] || join(home, '.config'), 'opencode');
      return [join(folder, 'opencode.json'), join(folder, 'opencode.jsonc')];
    },
    project: 'opencode.json',
    table: 'mcp',
    entry: ({ command, args, env }) => ({
      type: 'local',
      command: [command, ...args],
      ...given({ environment: env }),
      enabled: true,
    }),
  },
  zed: {
    user: ({ home, env }) => [
      join(env['XDG_CONFIG_HOME'] || join(home, '.config'), 'zed', 'settings.json'),
    ],
    project: '.zed/settings.json',
    table: 'context_servers',
    entry: (start) => ({ source: 'custom', ...plain(start) }),
  },
  copilot: {
    user: ({ home }) => [join(home, '.copilot', 'mcp-config.json')],
    project: null,
    table: 'mcpServers',
    entry: (start) => ({ type: 'local', ...plain(start), tools: ['*'] }),
  },
};

export function clientConfig(client: Client, env: NodeJS.ProcessEnv): ClientConfig {
  const home = env['HOME'] || homedir();
  const places = SHAPES[client].user({ home, settings: settingsFolder(home, env), env });
  return configAt(client, places.find((path) => existsSync(path)) ?? places[0] ?? '');
}

/** Null for a client without a file for projects. */
export function projectConfig(client: Client, folder: string): ClientConfig | null {
  const { project } = SHAPES[client];
  return project === null ? null : { ...configAt(client, join(folder, project)), command: null };
}

/** A client that was used has a file, or a folder of its own for one. */
export function isThere(client: Client, env: NodeJS.ProcessEnv): boolean {
  const home = env['HOME'] || homedir();
  const { path } = clientConfig(client, env);
  return existsSync(path) || (dirname(path) !== home && existsSync(dirname(path)));
}

function configAt(client: Client, path: string): ClientConfig {
  const { format = 'json', table, entry, command = null } = SHAPES[client];
  return { path, format, table, entry, command };
}

function given(variables: Record<string, Record<string, string>>): ServerEntry {
  return Object.fromEntries(
    Object.entries(variables).filter(([, value]) => Object.keys(value).length > 0),
  );
}

function settingsFolder(home: string, env: NodeJS.ProcessEnv): string {
  if (process.platform === 'darwin') return join(home, 'Library', 'Application Support');
  return env['XDG_CONFIG_HOME'] || join(home, '.config');
}
