/** What is behind the protocol, and what one call brings to it. */
import type { CallToolResult, ServerContext } from '@modelcontextprotocol/server';
import type { Client } from '../core/client.ts';
import type { JobService } from '../jobs/job-service.ts';

/** Loading it takes as long as the rest of the start-up. */
export interface McpEngine {
  jobs: JobService;
  /** Checks the arguments and carries the call out; problems are results. */
  callTool(name: string, args: unknown, call: ToolCall): Promise<CallToolResult>;
}

/** One call, as its connection sees it. */
export interface ToolCall {
  request: ServerContext;
  /** Whose call it is. */
  client: Client;
  /** Runs whose caller still waits; ended when nobody can collect them any more. */
  waiting: Set<string>;
  /** Resolves when it is known whether the reply has left. */
  delivered: Promise<boolean>;
}
