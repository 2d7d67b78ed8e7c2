/**
 * Which process exactly: a pid alone is reused by the system and counted anew in every container; a
 * pid with its start time, boot and namespace is not. Checked before every signal and before a job
 * is called alive.
 */
import { readFileSync, readlinkSync } from 'node:fs';
import { isDead, readStat } from './process-stat.ts';
import { readBootOnMac, readStartOnMac } from './process-table-mac.ts';

export interface ProcessIdentity {
  pid: number;
  /** Linux: clock ticks after boot. macOS: `ps -o lstart`, in UTC. Compared as text only. */
  start: string;
  boot: string;
  /** In which the pid counts: inode of `/proc/self/ns/pid`. Null: not known, taken for ours. */
  namespace: string | null;
}

/**
 * `other_boot`: the machine was restarted since, so the pid means nothing any more. `unknown`: it
 * belongs to another PID namespace (a container beside us, or the host around us), whose processes
 * cannot be seen from here. It may well run, so it is neither gone nor to be signalled.
 */
export type Presence = 'alive' | 'gone' | 'other_boot' | 'unknown';

const onMac = process.platform === 'darwin';
let bootId: string | undefined;
let namespaceId: string | null | undefined;

/** Null when no such process runs (a zombie runs no longer). */
export function identityOf(pid: number): ProcessIdentity | null {
  const start = startOf(pid);
  if (start === null) return null;
  return { pid, start, boot: currentBoot(), namespace: currentNamespace() };
}

/** Of the calling process. */
export function ownIdentity(): ProcessIdentity {
  const own = identityOf(process.pid);
  if (!own) throw new Error(`no process table entry for our own pid ${process.pid}`);
  return own;
}

export function probe({ pid, start, boot, namespace }: ProcessIdentity): Presence {
  if (boot !== currentBoot()) return 'other_boot';
  if (namespace !== null && namespace !== (currentNamespace() ?? namespace)) return 'unknown';
  return startOf(pid) === start ? 'alive' : 'gone';
}

/** As {@link probe}; what is no identity belongs to nobody. */
export function probeText(text: string): Presence {
  const identity = parseIdentity(text);
  return identity ? probe(identity) : 'gone';
}

/** "pid:start:boot:namespace"; the start of macOS contains colons itself, the others never do. */
export function formatIdentity({ pid, start, boot, namespace }: ProcessIdentity): string {
  return `${pid}:${start}:${boot}${namespace === null ? '' : `:${namespace}`}`;
}

/** Null when the text is not what {@link formatIdentity} wrote; older ones name no namespace. */
export function parseIdentity(text: string): ProcessIdentity | null {
  const match = /^([1-9]\d{0,9}):([^\n]+?):([^:\n]+?)(?::(\d+))?$/.exec(text);
  const [, pid, start, boot, namespace = null] = match ?? [];
  return start && boot ? { pid: Number(pid), start, boot, namespace } : null;
}

/** Null on macOS, which has only one. */
export function currentNamespace(): string | null {
  namespaceId ??= onMac ? null : readNamespace();
  return namespaceId;
}

function readNamespace(): string | null {
  try {
    return /\d+/.exec(readlinkSync('/proc/self/ns/pid'))?.[0] ?? null;
  } catch {
    return null; // a kernel, or a sandbox, without them
  }
}

function startOf(pid: number): string | null {
  if (onMac) return readStartOnMac(pid);
  const stat = readStat(pid);
  return stat && !isDead(stat) ? stat.start : null;
}

function currentBoot(): string {
  bootId ??= onMac
    ? readBootOnMac()
    : readFileSync('/proc/sys/kernel/random/boot_id', 'latin1').trim();
  return bootId;
}
