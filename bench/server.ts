/**
 * The built server in a process of its own, and the least client that can talk to it: one line of
 * JSON per message. What is measured is the server, not a client library.
 */
import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { childEnv } from './child-env.ts';

const program = fileURLToPath(new URL('../bin/python-mcp.cjs', import.meta.url));

interface Reply {
  id: number;
  result?: { isError?: boolean; content?: unknown; structuredContent?: unknown };
  error?: { message: string };
}

export class Server {
  readonly #child: ChildProcessWithoutNullStreams;
  readonly #waiting = new Map<number, (reply: Reply) => void>();
  #lastId = 0;

  constructor(home: string, more: Record<string, string> = {}) {
    const env = { ...childEnv(), ...more, PYTHON_MCP_HOME: home };
    this.#child = spawn(process.execPath, [program], { env });
    this.#child.stderr.pipe(process.stderr);
    createInterface({ input: this.#child.stdout }).on('line', (line) => this.#receive(line));
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  async initialize(): Promise<void> {
    await this.request('initialize', {
      protocolVersion: '2025-06-18',
      capabilities: {},
      clientInfo: { name: 'bench', version: '1' },
    });
    this.#send({ method: 'notifications/initialized' });
  }

  async request(method: string, params: object = {}): Promise<NonNullable<Reply['result']>> {
    const id = ++this.#lastId;
    const replied = new Promise<Reply>((resolve) => this.#waiting.set(id, resolve));
    this.#send({ id, method, params });
    const { result, error } = await replied;
    if (!result) throw new Error(`${method}: ${error?.message}`);
    return result;
  }

  /** Calls a tool and returns its structured result. */
  async call<T>(tool: string, args: object = {}): Promise<T> {
    const result = await this.request('tools/call', { name: tool, arguments: args });
    if (result.isError) throw new Error(`${tool}: ${JSON.stringify(result.content)}`);
    return result.structuredContent as T;
  }

  async stop(): Promise<void> {
    const exited = once(this.#child, 'exit');
    this.#child.stdin.end();
    await exited;
  }

  #send(message: object): void {
    this.#child.stdin.write(`${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`);
  }

  #receive(line: string): void {
    const reply = JSON.parse(line) as Reply;
    this.#waiting.get(reply.id)?.(reply);
    this.#waiting.delete(reply.id);
  }
}

/** @param more variables of its environment */
export async function startServer(
  home: string,
  more: Record<string, string> = {},
): Promise<Server> {
  const server = new Server(home, more);
  await server.initialize();
  return server;
}
