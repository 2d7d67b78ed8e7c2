/** Starts `python-mcp serve` as a person would, and ends it with the test or the file. */
import { type ChildProcess, spawn } from 'node:child_process';
import { request as httpRequest, type IncomingHttpHeaders } from 'node:http';
import { onTestFinished } from 'vitest';
import { NODE, PROGRAM, PYTHON, testHome, type TestHome } from '../../support/test-home.ts';
import { likeUsed } from '../../support/used-home.ts';
import { waitFor } from '../../support/wait-for.ts';

export interface HttpTestServer extends TestHome {
  pid: number;
  port: number;
  url: string;
  token: string;
  /** The printed link. */
  link: string;
  /** What the process has printed on either stream. */
  printed(): string;
  ask(method: string, path: string, options?: AskOptions): Promise<Answer>;
  /** The JSON of a GET; fails the test when it was refused. */
  // oxlint-disable-next-line typescript/no-explicit-any
  get(path: string): Promise<any>;
  // oxlint-disable-next-line typescript/no-explicit-any
  post(path: string, body?: object): Promise<any>;
  /** Starts Python code and returns the id of its job. */
  start(code: string, more?: object): Promise<string>;
  /** Waits for the end of a job; returns its details. */
  // oxlint-disable-next-line typescript/no-explicit-any
  ended(id: string): Promise<any>;
  /** Signals the server; resolves with its exit code. */
  stop(signal?: NodeJS.Signals): Promise<number | null>;
}

export interface AskOptions {
  headers?: Record<string, string | string[]>;
  body?: string | Buffer;
  /** Leave out what `ask` adds by itself: Authorization, and Content-Type with a body. */
  bare?: boolean;
}

export interface Answer {
  status: number;
  headers: IncomingHttpHeaders;
  body: Buffer;
  text: string;
}

export interface ServeOptions {
  on?: TestHome;
  args?: string[];
  /** Variables beside those that every server gets. */
  env?: Record<string, string>;
}

export interface ServeProcess {
  child: ChildProcess;
  printed: () => string;
  exited: Promise<number | null>;
}

export function spawnServe(
  home: string,
  args: string[] = [],
  settings: Record<string, string> = {},
): ServeProcess {
  const own = { PATH: process.env['PATH'], PYTHON_MCP_HOME: home, PYTHON_MCP_PYTHON: PYTHON };
  const env = { ...own, ...settings };
  const child = spawn(NODE, [PROGRAM, 'serve', ...withPort(args)], { env });
  const chunks: Buffer[] = [];
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk: Buffer) => chunks.push(chunk));
  }
  const exited = new Promise<number | null>((resolve) => {
    child.once('close', (code) => resolve(code));
  });
  return { child, printed: () => Buffer.concat(chunks).toString(), exited };
}

/** Tests run side by side: each server takes a port of its own. */
function withPort(args: string[]): string[] {
  return args.includes('--port') || args.includes('-p') ? args : ['--port', '0', ...args];
}

export async function startHttpServer(options: ServeOptions = {}): Promise<HttpTestServer> {
  const servers: HttpTestServer[] = [];
  const home = options.on ?? testHome(() => finish(servers));
  if (!options.on) likeUsed(home.home);
  const server = await serveOn(home, options);
  servers.push(server);
  onTestFinished(async () => {
    // Ended by testHome's own hook when the home is ours; a guest is ended here.
    if (options.on) await server.stop('SIGTERM');
  });
  return server;
}

export async function serveOn(
  home: TestHome,
  { args, env }: ServeOptions,
): Promise<HttpTestServer> {
  const { child, printed, exited } = spawnServe(home.home, args, env);
  const link = await waitFor(() => /^http:\S+$/m.exec(printed())?.[0], 40_000, 'the link');
  const { port } = new URL(link);
  const token = link.slice(link.indexOf('#token=') + '#token='.length);
  const server: HttpTestServer = {
    ...home,
    pid: child.pid as number,
    port: Number(port),
    url: link.slice(0, link.indexOf('#')),
    token,
    link,
    printed,
    ask: (method, path, options = {}) => ask(Number(port), token, method, path, options),
    async get(path) {
      return parsed(path, await server.ask('GET', path));
    },
    async post(path, body = {}) {
      return parsed(path, await server.ask('POST', path, { body: JSON.stringify(body) }));
    },
    async start(code, more = {}) {
      const run = { directory: home.work, script_content: code, ...more };
      return (await server.post('/api/v1/jobs', run)).job.id;
    },
    async ended(id) {
      const look = async () => {
        const { job } = await server.get(`/api/v1/jobs/${id}`);
        return job.phase === 'ended' && job;
      };
      return waitFor(look, 60_000, `the end of job ${id}`);
    },
    async stop(signal = 'SIGTERM') {
      child.kill(signal);
      return exited;
    },
  };
  return server;
}

function parsed(path: string, { status, text }: Answer) {
  if (status >= 400) throw new Error(`${path} was refused: ${status} ${text}`);
  return JSON.parse(text);
}

/** Nothing is followed, corrected or added: what a test asks for is what is sent. */
export async function ask(
  port: number,
  token: string,
  method: string,
  path: string,
  { headers = {}, body, bare = false }: AskOptions = {},
): Promise<Answer> {
  const added: Record<string, string> = bare ? {} : { authorization: `Bearer ${token}` };
  if (!bare && !['GET', 'HEAD'].includes(method)) added['content-type'] = 'application/json';
  if (body !== undefined && !('transfer-encoding' in headers)) {
    added['content-length'] = String(Buffer.byteLength(body));
  }
  return new Promise((resolve, reject) => {
    const options = { host: '127.0.0.1', port, method, path, headers: { ...added, ...headers } };
    const request = httpRequest({ ...options, agent: false }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () => {
        const whole = Buffer.concat(chunks);
        const { statusCode: status = 0, headers: got } = response;
        resolve({ status, headers: got, body: whole, text: whole.toString() });
      });
    });
    request.on('error', reject);
    request.end(body);
  });
}

async function finish(servers: HttpTestServer[]): Promise<void> {
  for (const server of servers) {
    await cancelAll(server).catch(() => {}); // stopped by the test itself
    await server.stop('SIGTERM');
  }
}

export async function cancelAll(server: HttpTestServer): Promise<void> {
  for (const status of ['pending', 'running']) {
    const { jobs } = await server.get(`/api/v1/jobs?status=${status}&limit=500`);
    for (const { id } of jobs) {
      await server.post(`/api/v1/jobs/${id}/cancel`, { grace_seconds: 0 });
    }
  }
}
