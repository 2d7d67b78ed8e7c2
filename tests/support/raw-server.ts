/** The server as a bare process with pipes, for what no client does: dying, hanging up, garbage. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { NODE, PROGRAM, PYTHON, type TestHome } from './test-home.ts';
import { waitFor } from './wait-for.ts';

export interface RawServer {
  process: ChildProcess;
  /** Everything it wrote to standard output, as lines. */
  lines: string[];
  /** Sends a request and resolves with its answer: a result or an error. */
  answer(method: string, params: object): Promise<Record<string, unknown>>;
  /** The result of an answer. */
  request(method: string, params: object): Promise<Record<string, unknown>>;
  /** Sends without waiting for an answer. */
  send(message: object): void;
  /** Resolves with the exit code, or the signal that ended it. */
  exited(limitMs: number): Promise<number | NodeJS.Signals | null>;
}

export async function startRawServer(home: TestHome): Promise<RawServer> {
  const server = spawnRawServer(home);
  await server.request('initialize', {
    protocolVersion: '2025-06-18',
    capabilities: {},
    clientInfo: { name: 'raw', version: '1' },
  });
  server.send({ jsonrpc: '2.0', method: 'notifications/initialized' });
  return server;
}

/** To which nothing has been said yet. */
export function spawnRawServer(home: TestHome): RawServer {
  const child = spawn(NODE, [PROGRAM], {
    env: {
      PATH: process.env['PATH'],
      HOME: process.env['HOME'],
      PYTHON_MCP_HOME: home.home,
      PYTHON_MCP_PYTHON: PYTHON,
    },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  child.stdin?.on('error', () => {}); // it may be gone already
  return rawServer(child);
}

function rawServer(child: ChildProcess): RawServer {
  const lines: string[] = [];
  let rest = '';
  child.stdout?.setEncoding('utf8').on('data', (text: string) => {
    const parts = (rest + text).split('\n');
    rest = parts.pop() ?? '';
    lines.push(...parts);
  });
  let lastId = 0;
  const send = (message: object): void => void child.stdin?.write(`${JSON.stringify(message)}\n`);
  const answer: RawServer['answer'] = async (method, params) => {
    const id = (lastId += 1);
    send({ jsonrpc: '2.0', id, method, params });
    const found = () => lines.map((line) => JSON.parse(line)).find((reply) => reply.id === id);
    return waitFor(found, 20_000, `the answer to ${method}`);
  };
  return {
    process: child,
    lines,
    send,
    answer,
    request: async (method, params) =>
      (await answer(method, params))['result'] as Record<string, unknown>,
    async exited(limitMs) {
      if (child.exitCode === null && child.signalCode === null) {
        await once(child, 'exit', { signal: AbortSignal.timeout(limitMs) });
      }
      return child.exitCode ?? child.signalCode;
    },
  };
}
