/** What the processes of a job use right now, as the kernel counts it. Linux only. */
import { readFileSync } from 'node:fs';
import type { LiveUsage } from '../executor.ts';
import { findMembers, type KillTarget, searchFor } from './job-members.ts';

const TICKS_PER_SECOND = 100;

/** One scan of the process table: a millisecond or two per hundred processes. */
export async function readTreeUsage(target: KillTarget): Promise<LiveUsage> {
  const members = await findMembers(searchFor(target, null));
  const pids = members.map(({ pid }) => pid);
  // The supervisor itself uses nothing, but it has waited for what has ended.
  const ticks = [...pids, ...(target.supervisor ? [target.supervisor.pid] : [])].map(cpuTicks);
  return {
    cpuSeconds: sum(ticks) / TICKS_PER_SECOND,
    rssBytes: sum(pids.map(residentBytes)),
    processes: pids.length,
  };
}

/** utime, stime, cutime and cstime; 0 for a process that has just ended. */
function cpuTicks(pid: number): number {
  const text = readOrNothing(`/proc/${pid}/stat`);
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  return sum(fields.slice(11, 15).map(Number));
}

function residentBytes(pid: number): number {
  const kibibytes = /^VmRSS:\s+(\d+) kB$/m.exec(readOrNothing(`/proc/${pid}/status`))?.[1];
  return Number(kibibytes ?? 0) * 1024;
}

function readOrNothing(path: string): string {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    return '';
  }
}

function sum(numbers: number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
