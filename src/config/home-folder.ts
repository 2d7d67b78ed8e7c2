/** Where the home folder is. */
import { homedir } from 'node:os';
import { isAbsolute, join, resolve } from 'node:path';

export function homeFolder(env: Record<string, string | undefined>): string {
  const named = env['PYTHON_MCP_HOME'];
  if (!named) return join(env['HOME'] || homedir(), '.python_mcp');
  return isAbsolute(named) ? named : resolve(named);
}
