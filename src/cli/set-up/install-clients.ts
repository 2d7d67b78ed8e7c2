/** Where MCP clients keep their configuration, and in which form. */
import { homedir } from 'node:os';
import { join } from 'node:path';

export const CLIENTS = ['claude-code', 'claude-desktop', 'cursor', 'codex', 'vscode'] as const;
export type Client = (typeof CLIENTS)[number];

export interface ClientConfig {
  path: string;
  format: 'json' | 'toml';
  /** Table that holds one entry per server. */
  table: string;
  /** Entries name their transport. */
  typed: boolean;
  /** The client's own command for it, before the server's; null when it has none. */
  command: string[] | null;
}

export const SERVER_NAME = 'python-mcp';

export function clientConfig(client: Client, env: NodeJS.ProcessEnv): ClientConfig {
  const home = env['HOME'] || homedir();
  const settings = settingsFolder(home, env);
  switch (client) {
    case 'claude-code': {
      const path = join(env['CLAUDE_CONFIG_DIR'] || home, '.claude.json');
      const command = ['claude', 'mcp', 'add', '--scope', 'user', SERVER_NAME];
      return { path, format: 'json', table: 'mcpServers', typed: true, command };
    }
    case 'claude-desktop': {
      const path = join(settings, 'Claude', 'claude_desktop_config.json');
      return { path, format: 'json', table: 'mcpServers', typed: false, command: null };
    }
    case 'cursor': {
      const path = join(home, '.cursor', 'mcp.json');
      return { path, format: 'json', table: 'mcpServers', typed: false, command: null };
    }
    case 'vscode': {
      const path = join(settings, 'Code', 'User', 'mcp.json');
      return { path, format: 'json', table: 'servers', typed: true, command: null };
    }
    case 'codex': {
      const path = join(env['CODEX_HOME'] || join(home, '.codex'), 'config.toml');
      const command = ['codex', 'mcp', 'add', SERVER_NAME];
      return { path, format: 'toml', table: 'mcp_servers', typed: false, command };
    }
  }
}

function settingsFolder(home: string, env: NodeJS.ProcessEnv): string {
  if (process.platform === 'darwin') return join(home, 'Library', 'Application Support');
  return env['XDG_CONFIG_HOME'] || join(home, '.config');
}
