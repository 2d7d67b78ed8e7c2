/** A WebSocket of one job: what its event stream says, and input to the script the other way. */
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { type RawData, type WebSocket, WebSocketServer } from 'ws';
import * as z from 'zod';
import { readInput } from '../../contract/read-input.ts';
import type { Cursor } from '../../core/cursor.ts';
import type { JobService } from '../../jobs/job-service.ts';
import { later } from '../../os/every.ts';
import { SOCKET_PROTOCOL } from '../access/guard.ts';
import { feedJob, type JobMessage, outputFields } from './job-feed.ts';
import { startOf } from '../wire/output-position.ts';
import { problemOf, RequestError } from '../wire/problem.ts';
import type { Services } from './services.ts';
import { InputBody } from '../wire/request-schemas.ts';

const PATH = /^\/api\/v1\/jobs\/([0-9a-z]{1,32})\/socket$/;
const GOODBYE_MS = 300;
const LARGEST_MESSAGE = 1024 * 1024;

const InputMessage = InputBody.extend({ type: z.literal('input') });

export class JobSockets {
  readonly #services: Services;
  readonly #server = new WebSocketServer({
    noServer: true,
    maxPayload: LARGEST_MESSAGE,
    perMessageDeflate: false,
    // The other protocol offered is the token: it is never sent back.
    handleProtocols: (offered) => (offered.has(SOCKET_PROTOCOL) ? SOCKET_PROTOCOL : false),
  });

  constructor(services: Services) {
    this.#services = services;
  }

  /** Takes over a connection that has passed the guard. @throws JobError, RequestError */
  accept(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    const { jobs, slots } = this.#services;
    const { pathname, searchParams } = new URL(request.url ?? '', 'http://localhost');
    const [, prefix] = PATH.exec(pathname) ?? [];
    if (prefix === undefined || request.headers.upgrade?.toLowerCase() !== 'websocket') {
      throw new RequestError('not_found', 'WebSockets are at /api/v1/jobs/{id}/socket.');
    }
    const id = jobs.idOf(prefix);
    const from = startOf(jobs, id, searchParams.get('from') ?? undefined);
    const release = slots.take();
    socket.once('close', release);
    this.#server.handleUpgrade(request, socket, head, (opened) => {
      void serve(opened, jobs, id, from, (error) => this.#report(error));
    });
  }

  /** Says goodbye, and does not wait long for an answer. */
  close(): void {
    const clients = [...this.#server.clients];
    for (const client of clients) client.close(1001, 'the server stops');
    const endAll = (): void => clients.forEach((client) => client.terminate());
    later('the end of sockets', endAll, this.#services.log, { keepsAlive: true }).within(
      GOODBYE_MS,
    );
    this.#server.close();
  }

  #report(error: unknown): void {
    if (problemOf(error).code === 'internal') {
      this.#services.log.error('a socket failed', { error: String((error as Error).stack) });
    }
  }
}

async function serve(
  socket: WebSocket,
  jobs: JobService,
  id: string,
  from: Cursor,
  report: (error: unknown) => void,
): Promise<void> {
  const gone = new AbortController();
  socket.once('close', () => gone.abort());
  socket.on('error', () => socket.terminate());
  let answered = Promise.resolve();
  socket.on('message', (data) => {
    socket.pause(); // what it has received already comes all the same
    answered = answered.then(() => answer(socket, jobs, id, data, report));
    const last = answered;
    void last.then(() => last === answered && socket.resume());
  });
  const isAlive = watchPongs(socket);
  try {
    await feedJob(jobs, id, from, (message) => tell(socket, message, isAlive), gone.signal);
    socket.close(1000);
  } catch (error) {
    report(error);
    socket.close(1011);
  }
}

function tell(
  socket: WebSocket,
  message: JobMessage,
  isAlive: () => boolean,
): Promise<void> | null {
  if (message.type === 'output') {
    const { type, cursor, chunk } = message;
    return send(socket, { type, cursor, ...outputFields(chunk) });
  }
  if (message.type !== 'idle') return send(socket, message);
  if (isAlive()) socket.ping();
  else socket.terminate();
  return null;
}

/** To be called for one message after the other: input is one text, in the order it was sent. */
async function answer(
  socket: WebSocket,
  jobs: JobService,
  id: string,
  data: RawData,
  report: (error: unknown) => void,
): Promise<void> {
  try {
    const { text, close = false } = readInput(InputMessage, parsed(data)).input;
    await send(socket, { type: 'written', bytes: await jobs.control.sendInput(id, text, close) });
  } catch (error) {
    report(error);
    await send(socket, { type: 'error', problem: problemOf(error) });
  }
}

/**
 * Resolves when the system has taken it. A connection that is gone takes everything, in a turn of its
 * own: in one turn it would be sent all there is before it could be heard to be gone.
 */
async function send(socket: WebSocket, message: object): Promise<void> {
  await new Promise<void>((resolve) => {
    socket.send(JSON.stringify(message), (error) => (error ? setImmediate(resolve) : resolve()));
  });
}

/** Whether the other side has answered the last ping. */
function watchPongs(socket: WebSocket): () => boolean {
  let answered = true;
  socket.on('pong', () => {
    answered = true;
  });
  return () => {
    const was = answered;
    answered = false;
    return was;
  };
}

function parsed(data: RawData): unknown {
  try {
    return JSON.parse((data as Buffer).toString('utf8'));
  } catch {
    throw new RequestError(
      'invalid_request',
      'The message is not JSON. Send {"type":"input","text":"…"}.',
    );
  }
}
