/**
 * The processes of one job, wherever they are: below its supervisor, in its group or session, or
 * marked by its environment. Signals go out through here only, each to a process just verified.
 */
import { readFileSync } from 'node:fs';
import { identityOf, type ProcessIdentity, probe } from '../../os/process-identity.ts';
import { isBubblewrap } from '../sandbox/enter-sandbox.ts';
import { carriesMark, liveProcesses, type ProcessEntry } from '../../os/process-table.ts';

export interface KillTarget {
  jobId: string;
  /** Null or ended: only processes that carry the job's mark are found. */
  supervisor: ProcessIdentity | null;
}

/** A search for members; remembers what it has seen, for the children of a member are members. */
export interface MemberSearch {
  readonly target: KillTarget;
  /** When the job ended, Unix milliseconds; null = not known to have ended. */
  readonly endedAt: number | null;
  /** Start time by pid of every member met so far. */
  readonly known: Map<number, string>;
  /** What each process without a mark runs: it is not asked again before it executes another program. */
  readonly unmarked: Map<number, string>;
  /** Pids that the system did not let us signal. */
  readonly refused: Set<number>;
}

/** The unit of start times in /proc, the same on every Linux that Node runs on. */
const TICKS_PER_SECOND = 100;
/** File times and process times are told by clocks that differ a little. */
const CLOCK_SLACK_MS = 500;

type Signal = 'SIGINT' | 'SIGTERM' | 'SIGKILL' | 'SIGCONT' | 'SIGURG';
/** Enough to tell a process from all others of this boot. */
export type RunningProcess = Pick<ProcessIdentity, 'pid' | 'start'>;

export function searchFor(target: KillTarget, endedAt: number | null): MemberSearch {
  return { target, endedAt, known: new Map(), unmarked: new Map(), refused: new Set() };
}

/**
 * Every living member except the supervisor and ourselves. A marked one is handed to `found` the
 * moment it is met, the others after the scan.
 */
export async function findMembers(
  search: MemberSearch,
  found: (entry: ProcessEntry) => void = () => {},
): Promise<ProcessEntry[]> {
  const { target, known } = search;
  const members: ProcessEntry[] = [];
  const take = (entry: ProcessEntry) => {
    known.set(entry.pid, entry.start);
    members.push(entry);
    found(entry);
  };
  const inGroup = groupTest(search);
  const others: ProcessEntry[] = [];
  for await (const entry of liveProcesses()) {
    if (isSpared(entry, target) || isOlder(entry, target.supervisor)) continue;
    if (isMarked(search, entry)) take(entry);
    else others.push(entry);
  }
  const isMember = (entry: ProcessEntry) => inGroup(entry) || known.get(entry.pid) === entry.start;
  const related = relatives([...others, ...members], isMember, supervisorLives(target)?.pid);
  for (const entry of others) if (related.has(entry.pid)) take(entry);
  return members;
}

function isMarked({ target, unmarked }: MemberSearch, entry: ProcessEntry): boolean {
  const program = `${entry.start} ${entry.name}`;
  if (unmarked.get(entry.pid) === program) return false;
  const isOurs = carriesMark(entry, target.jobId);
  if (!isOurs) unmarked.set(entry.pid, program);
  return isOurs;
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
 * yet. A signal that it catches now, as the supervisor does, would be lost to the command. And one to
 * what holds a sandbox together would end that without asking the script.
 */
export function isShellOf(supervisor: ProcessIdentity, pid: number): boolean {
  try {
    const line = commandLine(pid);
    return isBubblewrap(line) || line === commandLine(supervisor.pid);
  } catch {
    return false; // one of them is gone, or there is no /proc
  }
}

/** The process whose children are the script: the supervisor, or the first process of the sandbox. */
export function parentOfScript({ pid }: ProcessIdentity): number {
  let parent = pid;
  for (let inner: number | undefined = pid; inner !== undefined;) {
    parent = inner;
    inner = childrenOf(parent).find(holdsSandbox);
  }
  return parent;
}

function holdsSandbox(pid: number): boolean {
  try {
    return isBubblewrap(commandLine(pid)) && childrenOf(pid).length > 0;
  } catch {
    return false; // gone
  }
}

/** The words it was started with. */
export function commandOf({ pid, command }: ProcessEntry): string {
  if (command !== undefined) return command;
  try {
    return commandLine(pid).replaceAll('\0', ' ').trim();
  } catch {
    return ''; // gone
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

/**
 * Group and session are the job's as long as its supervisor lives. Later their number may have been
 * reused, but not by a process that was there when the job ended: numbers in use are not given out.
 */
function groupTest({ target, endedAt }: MemberSearch): (entry: ProcessEntry) => boolean {
  const { supervisor } = target;
  if (!supervisor) return () => false;
  const latest = supervisorLives(target) ? Infinity : ticksAt(endedAt);
  return ({ pgrp, session, start }) =>
    (pgrp === supervisor.pid || session === supervisor.pid) &&
    (latest === Infinity || Number(start) <= latest);
}

/** A moment in the unit of start times in /proc; before all of them when it cannot be told. */
function ticksAt(time: number | null): number {
  if (time === null || process.platform !== 'linux') return -Infinity;
  const uptime = Number(readFileSync('/proc/uptime', 'latin1').split(' ')[0]);
  return (uptime + (time + CLOCK_SLACK_MS - Date.now()) / 1000) * TICKS_PER_SECOND;
}

/** Members and all that descend from them; what we descend from ourselves is never one. */
function relatives(
  table: ProcessEntry[],
  isMember: (entry: ProcessEntry) => boolean,
  supervisor: number | undefined,
): Set<number> {
  const related = new Set(table.filter(isMember).map(({ pid }) => pid));
  for (let grown = true; grown;) {
    const before = related.size;
    for (const { pid, ppid } of table) {
      if (related.has(ppid) || ppid === supervisor) related.add(pid);
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
