/**
 * What a client writes to standard input, before the SDK's transport reads it. That says nothing about
 * what is no message and closes the connection over one that is too long; the client would wait for
 * its time limit. Here such a request gets an answer, and the next message is read.
 */
import { Readable, type Writable } from 'node:stream';
import {
  isJSONRPCErrorResponse,
  isJSONRPCNotification,
  isJSONRPCRequest,
  isJSONRPCResultResponse,
} from '@modelcontextprotocol/server';
import { linesOf, type LongLine } from './lines.ts';

/** A script of 16 MiB (what longer ones are told is said elsewhere), half of it line ends and quotes. */
export const LONGEST_MESSAGE = 32 * 1024 * 1024;

const PARSE_ERROR = -32_700;
const INVALID_REQUEST = -32_600;
const BYTE_ORDER_MARK = /^\ufeff/;

interface Refusal {
  id: string | number | null;
  code: number;
  message: string;
}

/** Refusals are written to `stdout`. */
export function checkedInput(stdin: Readable, stdout: Writable): Readable {
  return Readable.from(messagesOf(stdin, stdout), { objectMode: false });
}

async function* messagesOf(stdin: Readable, stdout: Writable): AsyncGenerator<string> {
  for await (const line of linesOf(stdin, LONGEST_MESSAGE)) {
    const text = Buffer.isBuffer(line)
      ? asMeant(line.toString().replace(BYTE_ORDER_MARK, ''))
      : null;
    if (text?.trim() === '') continue;
    const refusals = Buffer.isBuffer(line) ? refusalsOf(text ?? '') : [refusalOfLong(line)];
    for (const { id, ...error } of refusals) {
      stdout.write(`${JSON.stringify({ jsonrpc: '2.0', id, error })}\n`);
    }
    if (refusals.length === 0) yield `${text}\n`;
  }
}

/** Parameters and arguments that are null, or JSON in a string, as the objects that they stand for. */
function asMeant(text: string): string {
  if (!/"(?:params|arguments)"\s*:\s*["n]/.test(text)) return text;
  const message = parsed(text);
  if (!isObject(message) || typeof message['method'] !== 'string') return text;
  if (message['params'] === null) delete message['params'];
  const { params } = message;
  if (isObject(params) && 'arguments' in params)
    params['arguments'] = objectIn(params['arguments']);
  return JSON.stringify(message);
}

function objectIn(given: unknown): unknown {
  if (given === null || given === '') return {};
  const value = typeof given === 'string' ? parsed(given) : given;
  return isObject(value) ? value : given;
}

/** Null for what is not JSON. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function refusalsOf(text: string): Refusal[] {
  let message: unknown;
  try {
    message = JSON.parse(text);
  } catch {
    const what = 'This is not JSON. Each line must be one JSON-RPC message.';
    return [{ id: null, code: PARSE_ERROR, message: what }];
  }
  if (Array.isArray(message)) return refusalsOfBatch(message);
  return isMessage(message) || isReply(message) ? [] : [invalid(message, problemOf(message))];
}

function isMessage(value: unknown): boolean {
  return [
    isJSONRPCRequest,
    isJSONRPCNotification,
    isJSONRPCResultResponse,
    isJSONRPCErrorResponse,
  ].some((isForm) => isForm(value));
}

/** Never answered, however wrong: its id is one of ours, and may be one of the client's as well. */
function isReply(value: unknown): boolean {
  return isObject(value) && !('method' in value) && ('result' in value || 'error' in value);
}

function refusalsOfBatch(batch: unknown[]): Refusal[] {
  const problem = 'Batches are not taken. Send each message as a line of its own.';
  const requests = batch.filter((message) => idOf(message) !== null && !isReply(message));
  return (requests.length > 0 ? requests : [null]).map((message) => invalid(message, problem));
}

function invalid(message: unknown, problem: string): Refusal {
  return { id: idOf(message), code: INVALID_REQUEST, message: problem };
}

function problemOf(message: unknown): string {
  if (!isObject(message)) return 'A message must be a JSON object.';
  const { jsonrpc, method, params = {}, id = 0 } = message;
  if (jsonrpc !== '2.0') return '"jsonrpc" must be "2.0".';
  if (typeof method !== 'string') return '"method" must be a string.';
  if (!isObject(params)) return '"params" must be an object.';
  const isId = typeof id === 'string' || Number.isInteger(id);
  return isId
    ? 'The message is not a JSON-RPC request.'
    : '"id" must be a string or a whole number.';
}

function idOf(message: unknown): Refusal['id'] {
  const id = isObject(message) ? message['id'] : null;
  return typeof id === 'string' || typeof id === 'number' ? id : null;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

const ID = String.raw`"id"\s*:\s*("(?:[^"\\]|\\.)*"|-?\d+)`;
const VERSION = String.raw`"jsonrpc"\s*:\s*"2\.0"`;
const METHOD = String.raw`"method"\s*:\s*"[^"\\]*"`;
/** Clients write the id before the params or behind them; in between it could be one of the params. */
const ID_AT_START = new RegExp(String.raw`^\s*\{\s*(?:(?:${VERSION}|${METHOD})\s*,\s*)*${ID}`);
const ID_AT_END = new RegExp(String.raw`${ID}\s*(?:,\s*(?:${VERSION}|${METHOD})\s*)*\}\s*$`);

function refusalOfLong({ head, tail, bytes }: LongLine): Refusal {
  const id = ID_AT_START.exec(head.toString()) ?? ID_AT_END.exec(tail.toString());
  return {
    id: id ? (JSON.parse(id[1] ?? 'null') as string | number) : null,
    code: INVALID_REQUEST,
    message: `The message has ${bytes} bytes; at most ${LONGEST_MESSAGE} are read. Pass long text as a file.`,
  };
}
