/** Starts the built server as a client would, and ends it with the test. */
import { readFileSync } from 'node:fs';
import {
  connect,
  type CallOptions,
  type ClientName,
  type Era,
  type McpSession,
  type ToolReply,
} from './mcp-session.ts';
import { NODE, PROGRAM, PYTHON, testHome, type TestHome } from './test-home.ts';
import { likeUsed } from './used-home.ts';
import { waitFor } from './wait-for.ts';

export interface ServerOptions {
  era?: Era;
  client?: ClientName;
  /** Share the home of another server. */
  on?: TestHome;
  /** On a home that is not even there. */
  first?: boolean;
  env?: Record<string, string>;
  /** A command that starts the server, by the command at its end. */
  within?: string[];
}

/** Replies of tools, as loosely typed as their readers take them: the tests pin what is in them. */
// oxlint-disable-next-line typescript/no-explicit-any
export type Reply = any;

export interface TestServer extends TestHome {
  session: McpSession;
  pid: number;
  /** The structured reply; fails the test when the call was refused. */
  call(tool: string, args?: object, options?: CallOptions): Promise<Reply>;
  text(tool: string, args?: object): Promise<string>;
  /** The sentence of a call that could not be carried out; fails the test when it could. */
  refusal(tool: string, args?: object): Promise<string>;
  /** Starts Python code in the background and returns the id of its job. */
  start(code: string, args?: object): Promise<string>;
  /** Polls until the job has ended; returns its final view. */
  ended(jobId: string, limitMs?: number): Promise<Reply>;
  /** Sends a signal and waits until the process is gone. */
  kill(signal?: NodeJS.Signals): Promise<void>;
}

export async function startServer(options: ServerOptions = {}): Promise<TestServer> {
  const servers: TestServer[] = [];
  const home = options.on ?? testHome(() => finish(servers));
  if (!options.on && !options.first) likeUsed(home.home);
  const server = await spawnServer(home, options);
  ownersOf(home, servers).push(server);
  return server;
}

/** Servers by home, so that the one that made the home ends them all. */
const owners = new Map<string, TestServer[]>();

function ownersOf(home: TestHome, created: TestServer[]): TestServer[] {
  const known = owners.get(home.home) ?? created;
  owners.set(home.home, known);
  return known;
}

async function finish(servers: TestServer[]): Promise<void> {
  const alive = servers.filter(({ pid }) => isAlive(pid));
  const [last] = alive;
  if (last) await cancelAll(last);
  await Promise.all(alive.map(({ session }) => session.close()));
}

export async function cancelAll(server: TestServer): Promise<void> {
  for (const status of ['pending', 'running']) {
    const { jobs } = await server.call('py_list_jobs', { status_filter: status, limit: 500 });
    const ids = (jobs as { id: string }[]).map(({ id }) => id);
    await Promise.all(
      ids.map((id) => server.call('py_cancel_job', { job_id: id, grace_seconds: 0 })),
    );
  }
}

export async function spawnServer(home: TestHome, options: ServerOptions): Promise<TestServer> {
  const { era = 'legacy', client } = options;
  const [command, ...args] = [...(options.within ?? []), NODE, PROGRAM];
  const parameters = {
    command,
    args,
    env: { PYTHON_MCP_HOME: home.home, PYTHON_MCP_PYTHON: PYTHON, ...options.env },
    stderr: 'inherit' as const,
  };
  const session = await connect(era, parameters, client);
  const call = async (tool: string, args: object = {}, more: CallOptions = {}) => {
    const reply = await session.callTool(tool, args, more);
    if (reply.isError) throw new Error(`${tool} was refused: ${textOf(reply)}`);
    // Beside pictures a result is in the text alone.
    return reply.structuredContent ?? (JSON.parse(String(reply.content[0]?.text)) as Reply);
  };
  const server: TestServer = {
    ...home,
    session,
    pid: session.pid,
    call,
    text: async (tool, args = {}) => textOf(await session.callTool(tool, args)),
    refusal: async (tool, args = {}) => refusalOf(await session.callTool(tool, args)),
    start: async (code, args = {}) => startJob(server, code, args),
    ended: (jobId, limitMs = 30_000) => waitForEnd(server, jobId, limitMs),
    kill: (signal = 'SIGKILL') => killProcess(session.pid, signal),
  };
  return server;
}

async function startJob(server: TestServer, code: string, args: object): Promise<string> {
  const run = { directory: server.work, script_content: code, async_mode: true };
  const { job_id: id } = await server.call('py_run_script_in_dir', { ...run, ...args });
  return String(id);
}

async function waitForEnd(server: TestServer, jobId: string, limitMs: number): Promise<Reply> {
  const look = async () => {
    const { job } = await server.call('py_job_status', { job_id: jobId });
    return ['completed', 'failed', 'cancelled'].includes(job.status) && job;
  };
  return waitFor(look, limitMs, `the end of job ${jobId}`);
}

function textOf({ content }: ToolReply): string {
  return content.map(({ text }) => text ?? '').join('');
}

function refusalOf(reply: ToolReply): string {
  if (!reply.isError) throw new Error(`not refused: ${textOf(reply)}`);
  return textOf(reply);
}

async function killProcess(pid: number, signal: NodeJS.Signals): Promise<void> {
  process.kill(pid, signal);
  await waitFor(() => !isAlive(pid), 20_000, `the end of process ${pid}`);
}

/** A zombie is dead; its parent is this process, which reaps it a moment later. */
export function isAlive(pid: number): boolean {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    return !/^[ZX]/.test(stat.slice(stat.lastIndexOf(')') + 2));
  } catch {
    return false;
  }
}
