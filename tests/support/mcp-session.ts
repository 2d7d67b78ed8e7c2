/** Real clients of three kinds against the spawned server. */
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import { Client as ClientV1 } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport as StdioClientTransportV1 } from '@modelcontextprotocol/sdk/client/stdio.js';
import { StreamableHTTPClientTransport as StreamableHTTPClientTransportV1 } from '@modelcontextprotocol/sdk/client/streamableHttp.js';

/** Who speaks: the SDK's client in both protocol eras, and the client of its first version. */
export const ERAS = ['modern', 'legacy', 'sdk v1'] as const;
export type Era = (typeof ERAS)[number];

export interface CallOptions {
  signal?: AbortSignal;
  onprogress?: (progress: { progress: number; message?: string | undefined }) => void;
}

export interface ToolReply {
  content: { type: string; text?: string }[];
  structuredContent?: Record<string, unknown>;
  isError?: boolean;
}

export interface McpSession {
  /** Of the server. */
  pid: number;
  /** Only the modern and legacy eras, for what is not a tool call. */
  client: Client;
  callTool(name: string, args: object, options?: CallOptions): Promise<ToolReply>;
  /** Length in bytes of the longest message the server has sent. */
  longestMessage(): number;
  close(): Promise<void>;
}

/** How a client calls itself. */
export interface ClientName {
  name: string;
  version: string;
}

export interface SpawnParameters {
  command: string;
  args: string[];
  env: Record<string, string>;
  stderr: 'ignore' | 'inherit';
}

const REQUEST_TIMEOUT_MS = 60_000;

/** A subclass negotiates on the one process it has started, so that its pid is the server's. */
class OneProcessTransport extends StdioClientTransport {}

export async function connect(
  era: Era,
  parameters: SpawnParameters,
  name: ClientName = { name: 'python-mcp-tests', version: '1.0.0' },
): Promise<McpSession> {
  return era === 'sdk v1' ? connectV1(parameters, name) : connectV2(era, parameters, name);
}

async function connectV2(era: 'modern' | 'legacy', parameters: SpawnParameters, name: ClientName) {
  const transport = new OneProcessTransport(parameters);
  const mode = era === 'legacy' ? 'legacy' : { pin: '2026-07-28' };
  const client = new Client(name, { versionNegotiation: { mode } });
  await client.connect(transport);
  const longestMessage = measureMessages(transport);
  return {
    pid: Number(transport.pid),
    client,
    longestMessage,
    callTool: async (name: string, args: object, options: CallOptions = {}) =>
      (await client.callTool(
        { name, arguments: { ...args } },
        { timeout: REQUEST_TIMEOUT_MS, ...options },
      )) as ToolReply,
    close: () => client.close(),
  };
}

async function connectV1(parameters: SpawnParameters, name: ClientName): Promise<McpSession> {
  const transport = new StdioClientTransportV1(parameters);
  const client = new ClientV1(name);
  await client.connect(transport);
  const longestMessage = measureMessages(transport);
  return {
    pid: Number(transport.pid),
    client: client as unknown as Client,
    longestMessage,
    callTool: async (name, args, options = {}) =>
      (await client.callTool({ name, arguments: { ...args } }, undefined, {
        timeout: REQUEST_TIMEOUT_MS,
        ...options,
      })) as ToolReply,
    close: () => client.close(),
  };
}

/** The same clients over HTTP; `pid` is 0, for the server is not theirs. */
export async function connectHttp(
  era: Era,
  { url, token }: { url: string; token: string },
  name: ClientName = { name: 'python-mcp-tests', version: '1.0.0' },
): Promise<McpSession> {
  const requestInit = { headers: { authorization: `Bearer ${token}` } };
  const address = new URL('mcp', url);
  const timeout = REQUEST_TIMEOUT_MS;
  if (era === 'sdk v1') {
    const client = new ClientV1(name);
    const transport = new StreamableHTTPClientTransportV1(address, { requestInit });
    await client.connect(transport);
    return {
      pid: 0,
      client: client as unknown as Client,
      longestMessage: () => 0,
      callTool: async (tool, args, options = {}) =>
        (await client.callTool({ name: tool, arguments: { ...args } }, undefined, {
          timeout,
          ...options,
        })) as ToolReply,
      async close() {
        await transport.terminateSession();
        await client.close();
      },
    };
  }
  const mode = era === 'legacy' ? 'legacy' : { pin: '2026-07-28' };
  const client = new Client(name, { versionNegotiation: { mode } });
  const transport = new StreamableHTTPClientTransport(address, { requestInit });
  await client.connect(transport);
  return {
    pid: 0,
    client,
    longestMessage: () => 0,
    callTool: async (tool, args, options = {}) =>
      (await client.callTool(
        { name: tool, arguments: { ...args } },
        { timeout, ...options },
      )) as ToolReply,
    async close() {
      if (era === 'legacy') await transport.terminateSession();
      await client.close();
    },
  };
}

function measureMessages(transport: { onmessage?: (...args: never[]) => void }): () => number {
  let longest = 0;
  const receive = transport.onmessage;
  // oxlint-disable-next-line unicorn/prefer-add-event-listener -- a transport has this one slot
  transport.onmessage = (...args: never[]) => {
    longest = Math.max(longest, Buffer.byteLength(JSON.stringify(args[0])));
    receive?.(...args);
  };
  return () => longest;
}
