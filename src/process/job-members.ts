/**
 * The processes of one job, wherever they are: below its supervisor, in its group or session, or
 * marked by its environment. Signals go out through here only, each to a process just verified.
 */
import { readFileSync } from 'node:fs';
import { identityOf, type ProcessIdentity, probe } from './identity.ts';
import { carriesMark, liveProcesses, type ProcessEntry } from './process-table.ts';

export interface KillTarget {
  jobId: string;
  /** Null or ended: only processes that carry the job's mark are found. */
  supervisor: ProcessIdentity | null;
}

/** A search for members; remembers what it has seen, for the children of a member are members. */
export interface MemberSearch {
  readonly target: KillTarget;
  /** Start time by pid of every member met so far. */
  readonly known: Map<number, string>;
  /** Pids that the system did not let us signal. */
  readonly refused: Set<number>;
}

type Signal = 'SIGTERM' | 'SIGKILL' | 'SIGCONT';
/** Enough to tell a process from all others of this boot. */
export type RunningProcess = Pick<ProcessIdentity, 'pid' | 'start'>;

export function searchFor(target: KillTarget): MemberSearch {
  return { target, known: new Map(), refused: new Set() };
}

/**
 * Every living member except the supervisor and ourselves. A marked one is handed to `found` the
 * moment it is met, the others after the scan.
 */
export async function findMembers(
  { target, known }: MemberSearch,
  found: (entry: ProcessEntry) => void = () => {},
): Promise<ProcessEntry[]> {
  const members: ProcessEntry[] = [];
  const take = (entry: ProcessEntry) => {
    known.set(entry.pid, entry.start);
    members.push(entry);
    found(entry);
  };
  const anchored = supervisorLives(target);
  const others: ProcessEntry[] = [];
  for await (const entry of liveProcesses()) {
    if (isSpared(entry, target) || isOlder(entry, target.supervisor)) continue;
    if (carriesMark(entry, target.jobId)) take(entry);
    else others.push(entry);
  }
  const related = relatives([...others, ...members], known, anchored);
  for (const entry of others) if (related.has(entry.pid)) take(entry);
  return members;
}

export function supervisorLives({ supervisor }: KillTarget): ProcessIdentity | null {
  return supervisor && probe(supervisor) === 'alive' ? supervisor : null;
}

/** Pids directly below a process of one thread. Linux; elsewhere, and when it is gone, none. */
export function childrenOf(pid: number): number[] {
  try {
    const text = readFileSync(`/proc/${pid}/task/${pid}/children`, 'latin1');
    return text.split(' ').filter(Boolean).map(Number);
  } catch {
    return [];
  }
}

/**
 * Whether a process is still the supervisor's own shell code, that is: its command is not executed
 * yet. A signal that it catches now, as the supervisor does, would be lost to the command.
 */
export function isShellOf(supervisor: ProcessIdentity, pid: number): boolean {
  try {
    return commandLine(pid) === commandLine(supervisor.pid);
  } catch {
    return false; // one of them is gone, or there is no /proc
  }
}

/** Never to a stranger: a pid that has been reused since has another start time. */
export function signalExactly(
  search: MemberSearch,
  { pid, start }: RunningProcess,
  signal: Signal,
): void {
  if (identityOf(pid)?.start !== start) return;
  try {
    process.kill(pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EPERM') search.refused.add(pid);
  }
}

function commandLine(pid: number): string {
  return readFileSync(`/proc/${pid}/cmdline`, 'latin1');
}

function isSpared(entry: ProcessEntry, { supervisor }: KillTarget): boolean {
  const isSupervisor = entry.pid === supervisor?.pid && entry.start === supervisor.start;
  return isSupervisor || entry.pid === process.pid;
}

/** Spares most of the machine a closer look. Start times of macOS are not numbers: never older. */
function isOlder(entry: ProcessEntry, supervisor: ProcessIdentity | null): boolean {
  return supervisor !== null && Number(entry.start) < Number(supervisor.start);
}

/** Members by kinship, which a living supervisor anchors; what we descend from is never one. */
function relatives(
  table: ProcessEntry[],
  known: ReadonlyMap<number, string>,
  anchor: ProcessIdentity | null,
): Set<number> {
  const related = new Set<number>();
  for (const { pid, start, pgrp, session } of table) {
    const inGroup = anchor !== null && (pgrp === anchor.pid || session === anchor.pid);
    if (inGroup || known.get(pid) === start) related.add(pid);
  }
  for (let grown = true; grown;) {
    const before = related.size;
    for (const { pid, ppid } of table) {
      if (related.has(ppid) || ppid === anchor?.pid) related.add(pid);
    }
    grown = related.size > before;
  }
  for (const pid of ancestors(table)) related.delete(pid);
  return related;
}

function ancestors(table: ProcessEntry[]): Set<number> {
  const parents = new Map(table.map(({ pid, ppid }) => [pid, ppid]));
  const found = new Set<number>();
  for (let pid = process.ppid; pid > 0 && !found.has(pid); pid = parents.get(pid) ?? 0) {
    found.add(pid);
  }
  return found;
}
