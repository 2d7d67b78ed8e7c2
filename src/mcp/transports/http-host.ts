/** What serving MCP over HTTP takes from the program around it. */
import type { McpEngine } from '../engine/engine.ts';

export interface HttpHost {
  version: string;
  hasSandbox(): boolean;
  open: () => Promise<McpEngine>;
  /** Ends runs that nobody can collect any more. */
  abandon: (runs: Iterable<string>) => Promise<void>;
}
