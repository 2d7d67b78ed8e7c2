/** How the APIs of model vendors ask for a tool, and how hosts send back what it returned. */
import type { ServerResponse } from 'node:http';

/** Bodies of requests are read where they are needed, and not checked: hosts send what they like. */
// oxlint-disable-next-line typescript/no-explicit-any
export type Body = any;

export interface Call {
  tool: string;
  args: object;
}

/** What the model was shown in place of one call. */
export interface Shown {
  text: string;
  pictures: number;
}

export interface Dialect {
  speaks(url: string): boolean;
  /** Names of the tools that the model may call; few or none in a side request. */
  tools(body: Body): string[];
  /** Every result so far, in the order of the calls. */
  shown(body: Body): Shown[];
  /** Answers with a call, or with a last word. */
  answer(response: ServerResponse, body: Body, call: Call | null): void;
}

const LAST_WORD = 'done';

export function sendJson(response: ServerResponse, value: object): void {
  response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(value));
}

function sendEvents(response: ServerResponse, events: readonly object[], last = ''): void {
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  for (const event of events) {
    const name = 'type' in event ? `event: ${String(event.type)}\n` : '';
    response.write(`${name}data: ${JSON.stringify(event)}\n\n`);
  }
  response.end(last);
}

const PICTURE = /^(?:image|image_url|input_image)$/;

/** Text and pictures in whatever a host made of a result. */
function shownIn(content: Body): Shown {
  if (typeof content === 'string') return { text: content, pictures: 0 };
  if (Array.isArray(content)) {
    const parts = content.map(shownIn);
    return {
      text: parts.map(({ text }) => text).join('\n'),
      pictures: parts.reduce((sum, { pictures }) => sum + pictures, 0),
    };
  }
  if (content?.inlineData || PICTURE.test(content?.type ?? '')) return { text: '', pictures: 1 };
  return { text: String(content?.text ?? JSON.stringify(content ?? '')), pictures: 0 };
}

const uses = { input_tokens: 1, output_tokens: 1 };

const anthropic: Dialect = {
  speaks: (url) => url.includes('/messages'),
  tools: (body) => (body.tools ?? []).map(({ name }: Body) => name),
  shown: (body) =>
    (body.messages ?? [])
      .flatMap(({ content }: Body) => (Array.isArray(content) ? content : []))
      .filter(({ type }: Body) => type === 'tool_result')
      .map(({ content }: Body) => shownIn(content)),
  answer(response, body, call) {
    const id = `toolu_${anthropic.shown(body).length}`;
    const block = call
      ? { type: 'tool_use', id, name: call.tool, input: call.args }
      : { type: 'text', text: LAST_WORD };
    const empty = call ? { ...block, input: {} } : { ...block, text: '' };
    const delta = call
      ? { type: 'input_json_delta', partial_json: JSON.stringify(call.args) }
      : { type: 'text_delta', text: LAST_WORD };
    const reason = call ? 'tool_use' : 'end_turn';
    const message = { id: `msg_${id}`, type: 'message', role: 'assistant', model: body.model };
    const begun = { ...message, content: [], stop_reason: null, stop_sequence: null, usage: uses };
    if (!body.stream) {
      return sendJson(response, { ...begun, content: [block], stop_reason: reason });
    }
    sendEvents(response, [
      { type: 'message_start', message: begun },
      { type: 'content_block_start', index: 0, content_block: empty },
      { type: 'content_block_delta', index: 0, delta },
      { type: 'content_block_stop', index: 0 },
      { type: 'message_delta', delta: { stop_reason: reason, stop_sequence: null }, usage: uses },
      { type: 'message_stop' },
    ]);
  },
};

const responses: Dialect = {
  speaks: (url) => url.includes('/responses'),
  tools: (body) => (body.tools ?? []).map(({ name, type }: Body) => name ?? type),
  shown: (body) =>
    (Array.isArray(body.input) ? body.input : [])
      .filter(({ type }: Body) => type === 'function_call_output')
      .map(({ output }: Body) => shownIn(output)),
  answer(response, body, call) {
    const id = `r${responses.shown(body).length}`;
    const namespace = call?.tool.startsWith('py_') ? { namespace: 'mcp__python_mcp' } : {};
    const item = call
      ? {
          type: 'function_call',
          id,
          call_id: `call_${id}`,
          status: 'completed',
          name: call.tool,
          ...namespace,
          arguments: JSON.stringify(call.args),
        }
      : {
          type: 'message',
          id,
          role: 'assistant',
          status: 'completed',
          content: [{ type: 'output_text', text: LAST_WORD, annotations: [] }],
        };
    const usage = { input_tokens: 1, output_tokens: 1, total_tokens: 2 };
    const whole = { id: `resp_${id}`, object: 'response', model: body.model, usage };
    const begun = { ...whole, status: 'in_progress', output: [] };
    sendEvents(response, [
      { type: 'response.created', response: begun },
      { type: 'response.output_item.added', output_index: 0, item },
      { type: 'response.output_item.done', output_index: 0, item },
      { type: 'response.completed', response: { ...whole, status: 'completed', output: [item] } },
    ]);
  },
};

const chat: Dialect = {
  speaks: (url) => url.includes('/chat/completions'),
  tools: (body) => (body.tools ?? []).map(({ function: { name } }: Body) => name),
  shown(body) {
    const shown: Shown[] = [];
    // Where a result is text only, hosts send its pictures in a message behind it.
    for (const { role, content } of body.messages ?? []) {
      const last = shown.at(-1);
      if (role === 'tool') shown.push(shownIn(content));
      else if (role === 'user' && last) last.pictures += shownIn(content).pictures;
    }
    return shown;
  },
  answer(response, body, call) {
    const id = `call_${chat.shown(body).length}`;
    const called = call && { name: call.tool, arguments: JSON.stringify(call.args) };
    const delta = called
      ? { role: 'assistant', tool_calls: [{ index: 0, id, type: 'function', function: called }] }
      : { role: 'assistant', content: LAST_WORD };
    const base = { id: 'c', object: 'chat.completion.chunk', created: 1, model: body.model };
    const usage = { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 };
    const finish = { index: 0, delta: {}, finish_reason: call ? 'tool_calls' : 'stop' };
    const chunks = [
      { ...base, choices: [{ index: 0, delta, finish_reason: null }] },
      { ...base, choices: [finish], usage },
    ];
    sendEvents(response, chunks, 'data: [DONE]\n\n');
  },
};

const gemini: Dialect = {
  speaks: (url) => url.includes('enerateContent'),
  tools: (body) =>
    (body.tools ?? [])
      .flatMap(({ functionDeclarations = [] }: Body) => functionDeclarations)
      .map(({ name }: Body) => name),
  shown(body) {
    const shown: Shown[] = [];
    for (const part of (body.contents ?? []).flatMap(({ parts = [] }: Body) => parts)) {
      const { functionResponse: reply } = part;
      const last = shown.at(-1);
      if (reply) {
        const { output, error } = reply.response ?? {};
        const inside = shownIn(reply.parts ?? []).pictures;
        shown.push({ text: String(output ?? error ?? ''), pictures: inside });
      } else if (part.inlineData && last) last.pictures += 1;
    }
    return shown;
  },
  answer(response, body, call) {
    const said = gemini.tools(body).length > 0 ? LAST_WORD : '{}';
    const part = call ? { functionCall: { name: call.tool, args: call.args } } : { text: said };
    const content = { role: 'model', parts: [part] };
    const usageMetadata = { promptTokenCount: 1, candidatesTokenCount: 1, totalTokenCount: 2 };
    const reply = { candidates: [{ content, finishReason: 'STOP', index: 0 }], usageMetadata };
    if (response.req.url?.includes('stream')) sendEvents(response, [reply]);
    else sendJson(response, reply);
  },
};

export const dialects: readonly Dialect[] = [anthropic, responses, chat, gemini];
