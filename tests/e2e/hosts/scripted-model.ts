/**
 * A model on loopback that does what a test has written down, in the dialect in which it is asked. A
 * host that runs against it shows what a model would have seen of our replies.
 */
import { createServer } from 'node:http';
import { json } from 'node:stream/consumers';
import { type Body, type Call, dialects, sendJson, type Shown } from './dialects.ts';

/** What to do next, given what was shown so far; null: nothing more. */
export type Plan = (shown: readonly Shown[]) => Call | null;

export interface ScriptedModel {
  url: string;
  /** Of the request that showed the most. */
  shown(): readonly Shown[];
  /** Everything that hosts have sent, as text. */
  requests(): string[];
  close(): void;
}

/** A request with fewer tools is one that a host makes beside the conversation, for a title or so. */
const FEWEST_TOOLS = 4;

export async function startScriptedModel(plan: Plan): Promise<ScriptedModel> {
  const requests: string[] = [];
  let most: readonly Shown[] = [];
  const server = createServer((request, response) => {
    const answer = async (): Promise<void> => {
      const url = request.url ?? '';
      const body: Body = request.method === 'POST' ? await json(request).catch(() => ({})) : {};
      const dialect = dialects.find((one) => one.speaks(url));
      requests.push(JSON.stringify(body));
      if (url.includes('count_tokens')) return sendJson(response, { input_tokens: 1 });
      if (!dialect || request.method !== 'POST')
        return sendJson(response, { data: [], models: [] });
      const shown = dialect.shown(body);
      if (shown.length >= most.length) most = shown;
      const tools = dialect.tools(body);
      const next = tools.length >= FEWEST_TOOLS ? plan(shown) : null;
      dialect.answer(response, body, next && { ...next, tool: nameFor(next.tool, tools) });
    };
    answer().catch((error: unknown) => response.writeHead(500).end(String(error)));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  return {
    url: `http://127.0.0.1:${port}`,
    shown: () => most,
    requests: () => requests,
    close: () => void server.close(),
  };
}

/** As the host calls the tool; those it keeps back until they are searched for can be called, too. */
function nameFor(tool: string, tools: readonly string[]): string {
  const known = tools.find((name) => name.endsWith(tool));
  return known ?? (tools.includes('Bash') ? `mcp__python-mcp__${tool}` : tool);
}
