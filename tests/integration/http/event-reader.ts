/** Reads server-sent events, and puts the output in them together again. */
import { get, type IncomingMessage } from 'node:http';
import { expect } from 'vitest';
import type { HttpTestServer } from './http-server.ts';

export interface ServerEvent {
  event: string;
  id: string | undefined;
  // oxlint-disable-next-line typescript/no-explicit-any
  data: any;
}

export async function openEvents(
  { port, token }: HttpTestServer,
  path: string,
  headers: Record<string, string> = {},
): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const authorization = `Bearer ${token}`;
    const options = { host: '127.0.0.1', port, path, agent: false };
    get({ ...options, headers: { authorization, ...headers } }, (response) => {
      if (response.statusCode === 200) resolve(response);
      else reject(new Error(`${path}: ${response.statusCode}`));
    }).on('error', reject);
  });
}

export async function readEvents(
  server: HttpTestServer,
  path: string,
  headers: Record<string, string> = {},
): Promise<ServerEvent[]> {
  const events: ServerEvent[] = [];
  await collect(await openEvents(server, path, headers), (event) => events.push(event));
  return events;
}

/** To the end of the stream, orderly or not. */
export async function collect(
  stream: IncomingMessage,
  take: (event: ServerEvent) => void,
): Promise<void> {
  let rest = '';
  stream.setEncoding('utf8');
  try {
    for await (const chunk of stream) {
      const blocks = (rest + chunk).split('\n\n');
      rest = blocks.pop() ?? '';
      for (const block of blocks) if (!block.startsWith(':')) take(eventOf(block));
    }
  } catch {
    // the server was killed, or the test has seen enough
  }
}

function eventOf(block: string): ServerEvent {
  const fields = new Map(
    block.split('\n').map((line) => {
      const at = line.indexOf(': ');
      return [line.slice(0, at), line.slice(at + 2)];
    }),
  );
  const data = JSON.parse(fields.get('data') ?? 'null');
  return { event: fields.get('event') ?? '', id: fields.get('id'), data };
}

/** Checks on the way that positions join: each byte once. */
export function bytesOf(events: ServerEvent[], stream: string): Buffer {
  let position: number | null = null;
  const parts = events
    .filter(({ event, data }) => event === 'output' && data.stream === stream)
    .map(({ data }) => {
      if (position !== null) expect(data.from).toBe(position);
      position = data.next;
      const part = contentOf(data);
      expect(part.length).toBe(data.next - data.from);
      return part;
    });
  return Buffer.concat(parts);
}

export function contentOf({ text, base64 }: { text?: string; base64?: string }): Buffer {
  return text === undefined ? Buffer.from(base64 as string, 'base64') : Buffer.from(text);
}
