/** The listening side: limits, the guard before everything, sockets and their end. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import { getRequestListener } from '@hono/node-server';
import { JobError, shown } from '../core/job-error.ts';
import { type Access, refusalOf, type RequestHead } from './access/guard.ts';
import { SAFE_HEADERS } from './wire/headers.ts';
import { JobSockets } from './live/job-socket.ts';
import { type Problem, problem, problemOf } from './wire/problem.ts';
import { buildRoutes } from './build-routes.ts';
import type { Services } from './live/services.ts';

export interface Address {
  /** As given to the system. */
  host: string;
  /** 0 = any free one. */
  port: number;
}

export interface HttpServer {
  port: number;
  /** Ends open connections; jobs run on. */
  close(): Promise<void>;
}

const LIMITS = {
  maxHeaderSize: 16 * 1024,
  headersTimeout: 10_000,
  requestTimeout: 30_000,
  keepAliveTimeout: 5_000,
  connectionsCheckingInterval: 2_000,
  /** The guard answers a missing Host itself, in the form of all other errors. */
  requireHostHeader: false,
};
const MAX_CONNECTIONS = 512;
const MAX_HEADERS = 100;

/** `accessAt` is asked once, for the port that the system gave. @throws JobError unavailable */
export async function startServer(
  services: Services,
  address: Address,
  accessAt: (port: number) => Access,
): Promise<HttpServer> {
  let access: Access | null = null;
  const listener = getRequestListener(buildRoutes(services).fetch, {
    overrideGlobalObjects: false,
    errorHandler: () => badRequest(),
  });
  const answer = (request: IncomingMessage, response: ServerResponse): void => {
    const refusal = access && refusalOf(headOf(request), access);
    if (refusal) return refuse(request, response, refusal);
    if (request.headers.expect?.toLowerCase() === '100-continue') response.writeContinue();
    void listener(request, response);
  };
  const server = createServer(LIMITS, answer);
  // Without these, Node would answer an Expect header by itself, past the guard.
  server.on('checkContinue', answer);
  server.on('checkExpectation', answer);
  server.maxConnections = MAX_CONNECTIONS;
  server.maxHeadersCount = MAX_HEADERS;
  server.on('clientError', refuseBroken);
  const sockets = new JobSockets(services);
  server.on('upgrade', (request, socket, head) => {
    const refusal = access && refusalOf(headOf(request), access);
    if (refusal) refuseSocket(socket, refusal);
    else acceptSocket(sockets, request, socket, head);
  });
  const port = await listen(server, address);
  access = accessAt(port);
  return {
    port,
    async close() {
      sockets.close();
      await closeServer(server);
    },
  };
}

function acceptSocket(
  sockets: JobSockets,
  request: IncomingMessage,
  socket: Duplex,
  head: Buffer,
): void {
  try {
    sockets.accept(request, socket, head);
  } catch (error) {
    refuseSocket(socket, problemOf(error));
  }
}

export function headOf({ method = '', url = '', headers }: IncomingMessage): RequestHead {
  return { method, target: url, headers };
}

async function listen(server: Server, { host, port }: Address): Promise<number> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => reject(cannotListen(error, host, port)));
    server.listen({ host, port, exclusive: true }, resolve);
  });
  const bound = server.address();
  return bound instanceof Object ? bound.port : port;
}

function cannotListen(error: NodeJS.ErrnoException, host: string, port: number): JobError {
  const reason =
    error.code === 'EADDRINUSE'
      ? `another program listens on port ${port}. Choose another with --port, or any free one with --port 0.`
      : `${error.message}. Check --port and the address.`;
  return new JobError('unavailable', `Cannot listen on ${shown(host)}: ${reason}`, {
    cause: error,
  });
}

async function closeServer(server: Server): Promise<void> {
  await new Promise<void>((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}

function refuse(request: IncomingMessage, response: ServerResponse, refusal: Problem): void {
  const body = JSON.stringify(refusal);
  response.writeHead(refusal.status, {
    ...SAFE_HEADERS,
    'content-type': 'application/problem+json',
    'content-length': Buffer.byteLength(body),
    ...(refusal.code === 'unauthorized' ? { 'www-authenticate': 'Bearer' } : {}),
    // What follows on this connection is a body that nobody is going to read.
    connection: 'close',
  });
  response.end(request.method === 'HEAD' ? undefined : body);
}

/** Not HTTP, headers too large or too slow: answered by hand, for there is no response object. */
function refuseBroken(error: NodeJS.ErrnoException, socket: Duplex): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  refuseSocket(socket, problem(brokenCode(error), 'The request could not be read.'));
}

function brokenCode(error: NodeJS.ErrnoException): 'too_large' | 'invalid_request' {
  return error.code === 'HPE_HEADER_OVERFLOW' ? 'too_large' : 'invalid_request';
}

/** A reply on a bare socket, which it ends. */
export function refuseSocket(socket: Duplex, refusal: Problem): void {
  const body = JSON.stringify(refusal);
  const headers = {
    ...SAFE_HEADERS,
    'content-type': 'application/problem+json',
    'content-length': Buffer.byteLength(body),
    connection: 'close',
  };
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  const status = `${refusal.status} ${STATUS_CODES[refusal.status]}`;
  socket.on('error', () => socket.destroy());
  socket.end(`HTTP/1.1 ${status}\r\n${lines.join('')}\r\n${body}`);
}

function badRequest(): Response {
  return Response.json(problem('invalid_request', 'The request could not be read.'), {
    status: 400,
    headers: { ...SAFE_HEADERS, 'content-type': 'application/problem+json' },
  });
}
