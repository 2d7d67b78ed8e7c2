/**
 * All processes of the machine, and which of them carry a job's marks: an environment variable and a
 * limit that every descendant inherits, however far it has moved from the supervisor.
 */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { isDead, type ProcessStat, readStat } from './process-stat.ts';
import { listOnMac } from './process-table-mac.ts';

/** Set to the job's id in the environment of every script. */
export const JOB_ID_VARIABLE = 'PYTHON_MCP_JOB_ID';

export interface ProcessEntry extends ProcessStat {
  /** macOS only: command line and environment as `ps` prints them. */
  command?: string;
}

/** Beyond all memory there is, in KiB: what takes the limit for one is not limited by it. */
const MARKS_FROM = 2 ** 52;
const MARK_BYTES = 5;

/**
 * The soft limit on resident memory, in KiB, of all processes of a job. Linux inherits it like every
 * limit, has not enforced it since 2.4, and shows it for processes whose environment is emptied or
 * hidden. Null on other systems.
 */
export function limitMark(jobId: string): string | null {
  if (process.platform !== 'linux') return null;
  const digest = createHash('sha256').update(jobId).digest();
  return String(MARKS_FROM + digest.readUIntBE(0, MARK_BYTES));
}

/** A scan hands the event loop back after this long, milliseconds. */
const SLICE_MS = 2;

/**
 * The living processes (no zombies), newest first as far as pids tell: a process that respawns
 * itself all the time must be met before it is gone.
 */
export async function* liveProcesses(): AsyncGenerator<ProcessEntry> {
  if (process.platform === 'darwin') {
    for (const entry of await listOnMac()) if (!isDead(entry)) yield entry;
    return;
  }
  let sliceEnd = performance.now() + SLICE_MS;
  for (const pid of pidsNewestFirst()) {
    const entry = readStat(pid);
    if (entry && !isDead(entry)) yield entry;
    if (performance.now() < sliceEnd) continue;
    await nextTurn();
    sliceEnd = performance.now() + SLICE_MS;
  }
}

/**
 * The environment counts as the process was started with; what it changes in its own later does not
 * show. That of another user's process cannot be seen: there the limit tells, as it does where a
 * process was started with an emptied environment.
 */
export function carriesMark(entry: ProcessEntry, jobId: string): boolean {
  const mark = `${JOB_ID_VARIABLE}=${jobId}`;
  if (entry.command !== undefined) return ` ${entry.command} `.includes(` ${mark} `);
  if (hasLimit(entry, limitMark(jobId))) return true;
  return `\0${ofProcess(entry, 'environ')}\0`.includes(`\0${mark}\0`);
}

function hasLimit(entry: ProcessEntry, mark: string | null): boolean {
  if (mark === null) return false;
  const [, bytes] = /^Max resident set +(\d+)/m.exec(ofProcess(entry, 'limits')) ?? [];
  return bytes !== undefined && BigInt(bytes) === BigInt(mark) * 1024n;
}

/** Empty when it is another user's, or gone. */
function ofProcess({ pid }: ProcessEntry, file: string): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'latin1');
  } catch {
    return '';
  }
}

/** Whether no process is left in the group, not even a zombie. */
export function groupIsEmpty(pgid: number): boolean {
  try {
    process.kill(-pgid, 0);
    return false;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ESRCH';
  }
}

/** More than this many are looked at in turns, by the full search. */
const FEW = 200;

/**
 * Whether one of the few processes that were started after `pid` carries a job's mark. Ids are given
 * out in turn. A guess: true when they are many, false where it cannot be told.
 */
export function someAfter(pid: number, jobId: string): boolean {
  try {
    const last = Number(readFileSync('/proc/loadavg', 'latin1').split(' ')[4]);
    const isAfter = (other: number): boolean =>
      last >= pid ? other > pid && other <= last : other > pid || other <= last;
    const young = pidsNewestFirst().filter(isAfter);
    if (young.length > FEW) return true;
    return young.some((other) => {
      const entry = readStat(other);
      return entry !== null && !isDead(entry) && carriesMark(entry, jobId);
    });
  } catch {
    return false; // no /proc
  }
}

function pidsNewestFirst(): number[] {
  const pids = readdirSync('/proc').map(Number).filter(Number.isInteger);
  return pids.sort((a, b) => b - a);
}
