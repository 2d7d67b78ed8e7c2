/** Requests that no HTTP client would send. */
import { connect, type Socket } from 'node:net';

const ANSWERED_WITHIN_MS = 10_000;

/** The head of the answer and what came with it; empty when the server just hung up. */
export async function raw(port: number, request: string): Promise<string> {
  const socket = connect(port, '127.0.0.1');
  socket.setTimeout(ANSWERED_WITHIN_MS, () => socket.destroy(new Error('no answer')));
  let text = '';
  await new Promise<void>((resolve, reject) => {
    socket.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'ECONNRESET' || error.code === 'EPIPE') resolve();
      else reject(error);
    });
    socket.on('close', () => resolve());
    socket.on('data', (chunk) => {
      text += chunk.toString('latin1');
      if (text.includes('\r\n\r\n')) resolve();
    });
    socket.write(request);
  });
  socket.destroy();
  return text;
}

/** The status code of an answer, or what there is instead. */
export function statusOf(answer: string): string {
  return /^HTTP\/1\.1 (\d{3}) /.exec(answer)?.[1] ?? `no HTTP: ${answer.slice(0, 40)}`;
}

export async function openSocket(port: number): Promise<Socket> {
  const socket = connect(port, '127.0.0.1');
  socket.on('error', () => socket.destroy());
  await new Promise<void>((resolve) => socket.once('connect', () => resolve()));
  socket.resume();
  return socket;
}
