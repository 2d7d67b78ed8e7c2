/** Where a server may listen, and by which names it answers. */
import { randomBytes } from 'node:crypto';
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
}

export const LOOPBACK = '127.0.0.1';
const LOOPBACK_NAMES = new Set([LOOPBACK, 'localhost', '::1', '[::1]']);

export function newToken(): string {
  return randomBytes(32).toString('base64url');
}

/** The address to listen on. @throws JobError invalid_request for one that others can reach. */
export function bindAddress({ host, dangerouslyBind, allowHosts }: BindOptions): string {
  allowHosts.forEach(checkAllowHost);
  if (dangerouslyBind === undefined) {
    refuseAllowHosts(allowHosts);
    return loopbackAddress(host ?? LOOPBACK);
  }
  if (allowHosts.length === 0) {
    throw invalid(
      '--dangerously-bind',
      `${shown(dangerouslyBind)} lets other machines run code as you, and no --allow-host is given.`,
      'Name every host that clients will use with --allow-host NAME, or leave --dangerously-bind out.',
    );
  }
  return dangerouslyBind;
}

/** The `Host` values that mean us on this port. */
export function accessFor(token: string, port: number, allowHosts: string[]): Access {
  const names = allowHosts.length > 0 ? allowHosts : [LOOPBACK, 'localhost', '[::1]'];
  return { token, hosts: new Set(names.map((name) => withPort(name.toLowerCase(), port))) };
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

function refuseAllowHosts(allowHosts: string[]): void {
  if (allowHosts.length === 0) return;
  throw invalid(
    '--allow-host',
    'it is only for --dangerously-bind.',
    'Without it the server answers to 127.0.0.1 and localhost.',
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
