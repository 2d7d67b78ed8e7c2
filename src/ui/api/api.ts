/** Requests to the server: the token with each of them, one kind of error from all of them. */
import { connection } from './connection.ts';
import { token } from './token.ts';

export class ApiError extends Error {
  /** 0 when the server could not be reached. */
  readonly status: number;
  readonly code: string;

  constructor(status: number, code: string, message: string) {
    super(message);
    this.name = 'ApiError';
    this.status = status;
    this.code = code;
  }
}

/** The client of a job is who sent the request for it. */
const WRITING = { 'content-type': 'application/json', 'python-mcp-client': 'dashboard' };

export interface RequestOptions {
  method?: 'GET' | 'POST' | 'PUT' | 'DELETE';
  body?: unknown;
  headers?: Record<string, string>;
  signal?: AbortSignal | undefined;
}

/** @param path below /api/v1 @throws ApiError for every reply that is not a success */
export async function request(path: string, options: RequestOptions = {}): Promise<Response> {
  const { method = 'GET', body, signal } = options;
  const sent: RequestInit = { method, headers: headersFor(options), cache: 'no-store' };
  if (method !== 'GET') sent.body = JSON.stringify(body ?? {});
  if (signal) sent.signal = signal;
  const reply = await fetch(`/api/v1${path}`, sent).catch((error: unknown) => {
    if (signal?.aborted) throw error;
    throw new ApiError(0, 'unreachable', 'The server cannot be reached. Is it still running?');
  });
  if (reply.ok) {
    if (connection.value === 'unauthorised') connection.set('connecting');
    return reply;
  }
  if (reply.status === 401) connection.set('unauthorised');
  throw await errorFrom(reply);
}

export async function getJson<T>(path: string, signal?: AbortSignal): Promise<T> {
  return (await request(path, { signal })).json() as Promise<T>;
}

export async function postJson<T>(path: string, body: unknown = {}): Promise<T> {
  return (await request(path, { method: 'POST', body })).json() as Promise<T>;
}

/** For a query: leaves out what is not set. */
export function query(values: Record<string, string | number | null | undefined>): string {
  const set = Object.entries(values).filter(([, value]) => value !== null && value !== undefined);
  const text = new URLSearchParams(set.map(([name, value]) => [name, String(value)])).toString();
  return text && `?${text}`;
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function headersFor({ method = 'GET', headers }: RequestOptions): Record<string, string> {
  return {
    ...(token.value ? { authorization: `Bearer ${token.value}` } : {}),
    ...(method === 'GET' ? {} : WRITING),
    ...headers,
  };
}

async function errorFrom(reply: Response): Promise<ApiError> {
  const problem = (await reply.json().catch(() => ({}))) as { code?: string; detail?: string };
  const detail = problem.detail ?? `The server answered ${reply.status} ${reply.statusText}.`;
  return new ApiError(reply.status, problem.code ?? 'unknown', detail);
}
