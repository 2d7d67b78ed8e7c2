/** `python-mcp serve` in a process of its own, and the least client that can talk to it. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { childEnv } from './child-env.ts';

const program = fileURLToPath(new URL('../bin/python-mcp.cjs', import.meta.url));

export interface HttpSession {
  pid: number;
  /** Accepts a run; returns the job's id. */
  start(run: object): Promise<string>;
  /** The bare connection of a reply that goes on and on: what comes over it, headers and all. */
  follow(path: string): Socket;
  stop(): Promise<void>;
}

/** @param more variables of its environment */
export async function startHttpSession(
  home: string,
  more: Record<string, string> = {},
): Promise<HttpSession> {
  const env = { ...childEnv(), ...more, PYTHON_MCP_HOME: home };
  const child = spawn(process.execPath, [program, 'serve', '--port', '0'], { env });
  child.stderr.pipe(process.stderr);
  const [link] = await once(createInterface({ input: child.stdout }), 'line');
  const { origin, host, hostname, port, hash } = new URL(link as string);
  const headers = {
    authorization: `Bearer ${hash.slice('#token='.length)}`,
    'content-type': 'application/json',
  };
  return {
    pid: child.pid ?? 0,
    async start(run) {
      const body = JSON.stringify(run);
      const reply = await fetch(`${origin}/api/v1/jobs`, { method: 'POST', headers, body });
      if (!reply.ok) throw new Error(`POST /jobs: ${await reply.text()}`);
      return ((await reply.json()) as { job: { id: string } }).job.id;
    },
    follow(path) {
      const socket = connect({ host: hostname, port: Number(port), noDelay: true });
      const { authorization } = headers;
      socket.write(`GET ${path} HTTP/1.1\r\nHost: ${host}\r\nAuthorization: ${authorization}\r\n`);
      socket.write('Connection: close\r\n\r\n');
      return socket;
    },
    async stop() {
      const exited = once(child, 'exit');
      child.kill('SIGTERM');
      await exited;
    },
  };
}
