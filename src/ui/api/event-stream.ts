/** Server-sent events through `fetch`: EventSource could not send the token. */

export interface ServerEvent {
  event: string;
  id: string | null;
  data: unknown;
}

/** Pulled: what is not asked for stays with the server. Comments come as null, a sign of life. */
export async function* readEvents(
  body: ReadableStream<Uint8Array>,
): AsyncGenerator<ServerEvent | null> {
  const reader = body.getReader();
  const decoder = new TextDecoder();
  let rest = '';
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      const blocks = (rest + decoder.decode(value, { stream: true })).split('\n\n');
      rest = blocks.pop() ?? '';
      for (const block of blocks) yield parseBlock(block);
    }
  } finally {
    await reader.cancel().catch(() => {});
  }
}

/** Only the form that our server writes: one `data` line, no carriage returns. */
function parseBlock(block: string): ServerEvent | null {
  const fields = new Map<string, string>();
  for (const line of block.split('\n')) {
    const at = line.indexOf(': ');
    if (at > 0) fields.set(line.slice(0, at), line.slice(at + 2));
  }
  const data = fields.get('data');
  if (data === undefined) return null;
  const event = fields.get('event') ?? 'message';
  return { event, id: fields.get('id') ?? null, data: JSON.parse(data) };
}
