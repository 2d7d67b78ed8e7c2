/**
 * Who may ask: checked before anything else looks at a request, for every method and path alike.
 * Addresses are compared as text: whatever has to be parsed can be parsed differently elsewhere.
 */
import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { type Problem, problem } from '../wire/problem.ts';

export interface Access {
  token: string;
  /** Exact values of `Host` that mean us, with port, lower case. */
  hosts: ReadonlySet<string>;
  /** Origins, beside those of `hosts`, whose pages may use us. */
  origins: ReadonlySet<string>;
  /** Names of `Host` that mean us with any port. */
  namesOnAnyPort: ReadonlySet<string>;
}

/** The part of a request that the guard judges by. */
export interface RequestHead {
  method: string;
  /** As sent: path and query. */
  target: string;
  headers: IncomingHttpHeaders;
}

const READING = new Set(['GET', 'HEAD']);
const KNOWN_METHODS = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE']);
export const SOCKET_PROTOCOL = 'python-mcp';

/** The reason to refuse the request, or null. */
export function refusalOf(head: RequestHead, access: Access): Problem | null {
  return (
    refuseAddress(head) ??
    refuseHost(head, access) ??
    refuseOrigin(head, access) ??
    refuseSite(head) ??
    refuseTokenInAddress(head) ??
    (needsToken(head) ? refuseToken(head, access) : null) ??
    refuseMethod(head) ??
    refuseMediaType(head)
  );
}

/** Pages and their files hold no secret; everything else does something or tells something. */
export function needsToken({ method, target }: RequestHead): boolean {
  return !READING.has(method) || !isPagePath(pathOf(target));
}

/** An allow-list: a path that hides its letters behind `%` or leads back is never taken for a page. */
export function isPagePath(path: string): boolean {
  return (
    /^\/(?:[\w-][\w.-]*\/)*(?:[\w-][\w.-]*)?$/.test(path) &&
    !/^\/(?:api|metrics|mcp)(?:\/|$)/i.test(path)
  );
}

export function pathOf(target: string): string {
  return target.split('?', 1)[0] ?? '';
}

/** `.` and `..` as well: the router resolves them, and would see another path than we do. */
function refuseAddress({ target }: RequestHead): Problem | null {
  const isOurs = target.startsWith('/') && !target.startsWith('//');
  if (isOurs && !/[/\\](?:\.|%2e){1,2}(?:[/\\]|$)/i.test(pathOf(target))) return null;
  return problem(
    'invalid_request',
    'The request has to name a path of this server, such as /, without . or .. as a part of it.',
  );
}

function refuseHost({ headers }: RequestHead, access: Access): Problem | null {
  if (meansUs(hostOf(headers), access)) return null;
  return problem(
    'forbidden_host',
    `The Host header does not name this server. Use ${[...access.hosts].join(', ')}; behind a proxy, ` +
      'start it with --allow-origin and the address that browsers show.',
  );
}

function meansUs(host: string, { hosts, namesOnAnyPort }: Access): boolean {
  return hosts.has(host) || namesOnAnyPort.has(/^(.+):[1-9]\d{0,4}$/.exec(host)?.[1] ?? '');
}

function hostOf({ host }: IncomingHttpHeaders): string {
  return (host ?? '').toLowerCase();
}

/** A page that we showed ourselves has the host of its own request. */
function refuseOrigin({ headers }: RequestHead, { hosts, origins }: Access): Problem | null {
  const { origin } = headers;
  if (origin === undefined || origins.has(origin)) return null;
  const ours = [...hosts, hostOf(headers)];
  if (ours.some((host) => origin === `http://${host}`)) return null;
  return problem(
    'forbidden_origin',
    'Pages of other origins may not use this server. Start it with --allow-origin for one that may.',
  );
}

function refuseSite(head: RequestHead): Problem | null {
  const { method, headers } = head;
  const site = headers['sec-fetch-site'];
  if (site === undefined || site === 'same-origin' || isVisit(head)) return null;
  if (site === 'none' && method === 'GET') return null;
  return problem(
    'forbidden_site',
    'Other sites may not send a browser here. Type or paste the address instead of following a link.',
  );
}

/** A link that somebody follows to a page, which holds no secret and cannot be framed. */
function isVisit({ method, target, headers }: RequestHead): boolean {
  const isNavigation =
    headers['sec-fetch-mode'] === 'navigate' && headers['sec-fetch-dest'] === 'document';
  return isNavigation && method === 'GET' && pathOf(target) === '/';
}

function refuseTokenInAddress({ target }: RequestHead): Problem | null {
  const query = new URLSearchParams(target.slice(pathOf(target).length));
  const named = [...query.keys()].some((key) => /^(?:access_|auth_?)?token$/i.test(key));
  if (!named) return null;
  return problem(
    'token_in_address',
    'The token may not stand in the address, which is logged and remembered. Send it as ' +
      '"Authorization: Bearer <token>".',
  );
}

function refuseToken({ headers }: RequestHead, { token }: Access): Problem | null {
  const given = bearerOf(headers.authorization) ?? socketTokenOf(headers);
  if (given !== null && isSame(given, token)) return null;
  return problem(
    'unauthorized',
    'Send "Authorization: Bearer <token>". The token is in the link that `python-mcp serve` ' +
      'printed, and in meta/serve.json of the home folder.',
  );
}

function bearerOf(header: string | undefined): string | null {
  return /^Bearer ([\w-]+)$/.exec(header ?? '')?.[1] ?? null;
}

/** Browsers cannot set headers of a WebSocket, only its protocols. */
function socketTokenOf(headers: IncomingHttpHeaders): string | null {
  if (headers.upgrade?.toLowerCase() !== 'websocket') return null;
  const protocols = (headers['sec-websocket-protocol'] ?? '').split(',').map((name) => name.trim());
  const bearer = protocols.find((name) => name.startsWith('bearer.'));
  return bearer?.slice('bearer.'.length) ?? null;
}

/** Digests have one length: neither it nor the first wrong character shows in the time taken. */
function isSame(given: string, token: string): boolean {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(given), digest(token));
}

function refuseMethod({ method }: RequestHead): Problem | null {
  if (KNOWN_METHODS.has(method)) return null;
  return problem('method_not_allowed', 'Use GET, HEAD, POST, PUT, PATCH or DELETE.');
}

function refuseMediaType({ method, target, headers }: RequestHead): Problem | null {
  if (READING.has(method)) return null;
  if (method === 'DELETE' && pathOf(target) === '/mcp' && hasNoBody(headers)) return null;
  if (headers['content-encoding'] !== undefined) {
    return problem('unsupported_media_type', 'Send the body as it is, without Content-Encoding.');
  }
  if (/^application\/json\s*(?:;\s*charset="?utf-8"?\s*)?$/i.test(headers['content-type'] ?? '')) {
    return null;
  }
  return problem('unsupported_media_type', 'Send "Content-Type: application/json".');
}

/** As clients of MCP end a session. */
function hasNoBody(headers: IncomingHttpHeaders): boolean {
  const named = ['content-type', 'content-encoding', 'transfer-encoding'];
  const length = headers['content-length'] ?? '0';
  return length === '0' && named.every((name) => headers[name] === undefined);
}
