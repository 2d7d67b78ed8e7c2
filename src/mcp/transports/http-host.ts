/** What serving MCP over HTTP takes from the program around it. */
import type { McpEngine } from '../engine/engine.ts';
import type { Offers } from '../server.ts';

export interface HttpHost extends Offers {
  version: string;
  open: () => Promise<McpEngine>;
  /** Ends runs that nobody can collect any more. */
  abandon: (runs: Iterable<string>) => Promise<void>;
}
