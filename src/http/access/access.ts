/** Where a server may listen, and by which names it answers. */
import { invalid, shown } from '../../core/job-error.ts';
import type { Access } from './guard.ts';

/** As given on the command line. */
export interface BindOptions {
  /** Loopback only. */
  host?: string;
  /** Any address: the loud way. */
  dangerouslyBind?: string;
  /** Names, with or without port, that clients reach a dangerously bound server by. */
  allowHosts: string[];
  /** Whole origins, such as https://build.example, under which a proxy shows the server. */
  allowOrigins: string[];
}

export const LOOPBACK = '127.0.0.1';
const LOOPBACK_NAMES = new Set([LOOPBACK, 'localhost', '::1', '[::1]']);
/** As they stand in a Host header. */
const LOOPBACK_HOSTS = [LOOPBACK, 'localhost', '[::1]'];

/** The address to listen on. @throws JobError invalid_request for one that others can reach. */
export function bindAddress(options: BindOptions): string {
  const { host, dangerouslyBind, allowHosts, allowOrigins } = options;
  allowHosts.forEach(checkAllowHost);
  allowOrigins.forEach(checkAllowOrigin);
  if (dangerouslyBind === undefined) {
    refuseAllowHosts(allowHosts);
    return loopbackAddress(host ?? LOOPBACK);
  }
  if (allowHosts.length === 0 && allowOrigins.length === 0) {
    throw invalid(
      '--dangerously-bind',
      `${shown(dangerouslyBind)} lets other machines run code as you, and neither --allow-host nor --allow-origin is given.`,
      'Name every host that clients will use with --allow-host NAME, or leave --dangerously-bind out.',
    );
  }
  return dangerouslyBind;
}

/**
 * The `Host` values that mean us on this port, and the origins of pages that may use us. Where only
 * this machine can reach us, the names of loopback mean us on every port: a tunnel may have another
 * one. A page that rebinds its own name to this address still sends that name, and is refused.
 */
export function accessFor(
  token: string,
  port: number,
  { dangerouslyBind, allowHosts, allowOrigins }: BindOptions,
): Access {
  const isLocal = dangerouslyBind === undefined;
  const names = isLocal ? LOOPBACK_HOSTS : allowHosts;
  const hosts = names.map((name) => withPort(name.toLowerCase(), port));
  const origins = allowOrigins.map((origin) => new URL(origin).origin);
  return {
    token,
    hosts: new Set([...hosts, ...origins.map((origin) => new URL(origin).host)]),
    origins: new Set(origins),
    namesOnAnyPort: new Set(isLocal ? LOOPBACK_HOSTS : []),
  };
}

/** The address that a person opens: the first of those that were named, else our own. */
export function addressOf(host: string, port: number, options: BindOptions): string {
  const [origin] = options.allowOrigins;
  if (origin !== undefined) return `${new URL(origin).origin}/`;
  const name = options.allowHosts[0] ?? (host === '::1' ? '[::1]' : host);
  return `http://${withPort(name, port)}/`;
}

/** @throws JobError invalid_request for a wildcard or what cannot stand in a Host header. */
function checkAllowHost(name: string): void {
  if (/^(?:[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?|\[[0-9a-f:]+\])(?::\d{1,5})?$/i.test(name)) return;
  throw invalid(
    '--allow-host',
    `${shown(name)} is not a host name.`,
    'Give one exact name or address, such as build.example or [fd00::1]:8080; there are no wildcards.',
  );
}

/** @throws JobError invalid_request for what is no origin, or has more than one */
function checkAllowOrigin(text: string): void {
  const url = URL.parse(text);
  const isWeb = url?.protocol === 'https:' || url?.protocol === 'http:';
  const isPlain = url?.pathname === '/' && !/[?#@*]/.test(text);
  if (isWeb && isPlain) return;
  throw invalid(
    '--allow-origin',
    `${shown(text)} is not an origin.`,
    'Give scheme and host, with the port if it is not the usual one: https://build.example.',
  );
}

function refuseAllowHosts(allowHosts: string[]): void {
  if (allowHosts.length === 0) return;
  throw invalid(
    '--allow-host',
    'it is only for --dangerously-bind.',
    'Behind a proxy on this machine use --allow-origin; without it the server answers to 127.0.0.1 and localhost.',
  );
}

/** The literal address: what the name stands for is not ours to decide. */
function loopbackAddress(host: string): string {
  if (host === '::1' || host === '[::1]') return '::1';
  if (LOOPBACK_NAMES.has(host)) return LOOPBACK;
  throw invalid(
    '--host',
    `${shown(host)} can be reached by other machines, which could then run code as you.`,
    'Leave it out for 127.0.0.1 (ssh -L forwards it), or use --dangerously-bind with --allow-host.',
  );
}

function withPort(name: string, port: number): string {
  return /(?:^|[^:]):\d+$/.test(name) && !name.endsWith(']') ? name : `${name}:${port}`;
}
