/**
 * Which process exactly: a pid alone is reused by the system, a pid with its start time and the boot
 * it belongs to is not. Checked before every signal and before a job is called alive.
 */
import { readFileSync } from 'node:fs';
import { readBootOnMac, readStartOnMac } from './process-table-mac.ts';

export interface ProcessIdentity {
  pid: number;
  /** Linux: clock ticks after boot. macOS: `ps -o lstart`, in UTC. Compared as text only. */
  start: string;
  boot: string;
}

/** One row of the process table as the kernel gives it. */
export interface ProcessStat {
  pid: number;
  ppid: number;
  pgrp: number;
  session: number;
  start: string;
  /** One letter; `Z` and `X` are dead. */
  state: string;
}

const onMac = process.platform === 'darwin';
let bootId: string | undefined;

/** Null when no such process runs (a zombie runs no longer). */
export function identityOf(pid: number): ProcessIdentity | null {
  const start = startOf(pid);
  return start === null ? null : { pid, start, boot: currentBoot() };
}

/** Of the calling process. */
export function ownIdentity(): ProcessIdentity {
  const own = identityOf(process.pid);
  if (!own) throw new Error(`no process table entry for our own pid ${process.pid}`);
  return own;
}

/** `other_boot`: the machine was restarted since, so the pid means nothing any more. */
export function probe(identity: ProcessIdentity): 'alive' | 'gone' | 'other_boot' {
  if (identity.boot !== currentBoot()) return 'other_boot';
  return startOf(identity.pid) === identity.start ? 'alive' : 'gone';
}

/** "pid:start:boot"; the start of macOS contains colons itself, pid and boot never do. */
export function formatIdentity({ pid, start, boot }: ProcessIdentity): string {
  return `${pid}:${start}:${boot}`;
}

/** Null when the text is not what {@link formatIdentity} wrote. */
export function parseIdentity(text: string): ProcessIdentity | null {
  const match = /^([1-9]\d{0,9}):([^\n]+):([^:\n]+)$/.exec(text);
  const [, pid, start, boot] = match ?? [];
  return start && boot ? { pid: Number(pid), start, boot } : null;
}

/** Linux only. Null when there is no such process; a zombie is returned with state `Z`. */
export function readStat(pid: number): ProcessStat | null {
  try {
    return parseStat(readFileSync(`/proc/${pid}/stat`, 'latin1'));
  } catch {
    return null; // ended in between
  }
}

/** The command name may contain anything, `) R 1 (` too: fields count from its last bracket. */
export function parseStat(text: string): ProcessStat | null {
  const end = text.lastIndexOf(')');
  const fields = text.slice(end + 2).split(' ');
  const [state, ppid, pgrp, session] = fields;
  const start = fields[19];
  if (end < 0 || !state || !start) return null;
  return {
    pid: Number.parseInt(text, 10),
    ppid: Number(ppid),
    pgrp: Number(pgrp),
    session: Number(session),
    start,
    state,
  };
}

export function isDead(stat: ProcessStat): boolean {
  return stat.state.startsWith('Z') || stat.state.startsWith('X');
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
