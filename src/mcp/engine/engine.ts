/** What is behind the protocol, and what one call brings to it. */
import type {
  CallToolResult,
  ReadResourceResult,
  ServerContext,
} from '@modelcontextprotocol/server';
import type { Client } from '../../core/client.ts';
import type { Answer } from './answer.ts';

/** Loading it takes as long as the rest of the start-up. */
export interface McpEngine {
  /** Checks the arguments and carries the call out; problems are results. */
  callTool(name: string, args: unknown, call: ToolCall): Promise<CallToolResult>;
  /** As `tasks/get` answers. */
  readTask(id: string, call: ToolCall): Promise<Answer<object>>;
  /** Does not wait for the end. */
  cancelTask(id: string): Promise<Answer<void>>;
  readResource(uri: string): Promise<Answer<ReadResourceResult>>;
  /**
   * Calls `onNews` when what is at the address has changed, now and then at most; the result ends
   * that. `onEnd`: it changes no more.
   */
  watchResource(uri: string, onNews: () => void, onEnd: () => void): Promise<Answer<() => void>>;
  /** One line. */
  describeJob(id: string): Promise<Answer<string>>;
  /** Ids that begin so, newest first. */
  completeJobId(prefix: string): string[];
  completeArtifact(jobId: string, prefix: string): Promise<string[]>;
}

/** One call, as its connection sees it. */
export interface ToolCall {
  request: ServerContext;
  /** Whose call it is. */
  client: Client;
  /** It is told of the end of a task, and polls for it. */
  takesTasks: boolean;
  /** Runs whose caller still waits; ended when nobody can collect them any more. */
  waiting: Set<string>;
  /** Who reads when the arguments do not say; null: known by the client alone. */
  session: string | null;
  /** Resolves when it is known whether the reply has left. */
  delivered: Promise<boolean>;
}
