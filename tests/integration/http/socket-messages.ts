/** All that a WebSocket of a job says, to its end. */
import { WebSocket } from 'ws';
import type { HttpTestServer } from './http-server.ts';

export function openSocket({ port, token }: HttpTestServer, id: string): WebSocket {
  const url = `ws://127.0.0.1:${port}/api/v1/jobs/${id}/socket`;
  return new WebSocket(url, ['python-mcp', `bearer.${token}`]);
}

export async function socketMessages(
  server: HttpTestServer,
  id: string,
): Promise<Record<string, unknown>[]> {
  const messages: Record<string, unknown>[] = [];
  const socket = openSocket(server, id);
  socket.on('message', (data: Buffer) => messages.push(JSON.parse(data.toString())));
  await new Promise((resolve) => socket.once('close', resolve));
  return messages;
}
