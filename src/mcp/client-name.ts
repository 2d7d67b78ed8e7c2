/** Which program speaks: said with every request since 2026, before that once, at the beginning. */
import type { Implementation, McpServer, ServerContext } from '@modelcontextprotocol/server';
import type { Client } from '../core/client.ts';

interface Envelope {
  'io.modelcontextprotocol/clientInfo'?: Implementation;
}

const NAMELESS: Client = { name: 'mcp', version: null };

export function clientOf({ server }: McpServer, { mcpReq }: ServerContext): Client {
  const envelope: Envelope = mcpReq.envelope ?? {};
  const saidNow = envelope['io.modelcontextprotocol/clientInfo'];
  const { name, version } = saidNow ?? server.getClientVersion() ?? NAMELESS;
  return { name, version };
}
