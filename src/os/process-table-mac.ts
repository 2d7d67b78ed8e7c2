/**
 * The process table of macOS, where there is no /proc: what `ps` and `sysctl` print. Written from
 * their manuals and not yet run on a Mac.
 */
import { execFile, execFileSync } from 'node:child_process';
import { promisify } from 'node:util';
import type { ProcessStat } from './process-stat.ts';

/** A row with the command line and, for processes of ours, the environment after it. */
export interface MacProcess extends ProcessStat {
  command: string;
}

/** Language and time zone fixed as in supervise.sh: the start time is compared as text. */
const env = { PATH: '/usr/bin:/bin:/usr/sbin:/sbin', LC_ALL: 'C', TZ: 'UTC0' };
const ROW = /^\s*(\d+)\s+(\d+)\s+(\d+)\s+(\S+)\s+(\w{3} \w{3} [ \d]\d [\d:]{8} \d{4})\s+(.*)$/;

export function readStartOnMac(pid: number): string | null {
  try {
    const text = run('ps', ['-o', 'state=,lstart=', '-p', String(pid)]).trim();
    const [, state, start] = /^(\S+)\s+(.+)$/.exec(text) ?? [];
    return start && !state?.startsWith('Z') ? start : null;
  } catch {
    return null; // ps ends with 1 when there is no such process
  }
}

export function readBootOnMac(): string {
  return run('sysctl', ['-n', 'kern.bootsessionuuid']).trim();
}

/** Sessions have no number in `ps` there: 0, which matches nothing. */
export async function listOnMac(): Promise<MacProcess[]> {
  const columns = 'pid=,ppid=,pgid=,state=,lstart=,command=';
  const options = { env, encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 } as const;
  const { stdout } = await promisify(execFile)('ps', ['-axEww', '-o', columns], options);
  return stdout.split('\n').flatMap((line) => {
    const [, pid, ppid, pgrp, state = '', start = '', command = ''] = ROW.exec(line) ?? [];
    if (!pid) return [];
    const numbers = { pid: Number(pid), ppid: Number(ppid), pgrp: Number(pgrp), session: 0 };
    return [{ ...numbers, state, start, name: command, command }];
  });
}

function run(file: string, args: string[]): string {
  return execFileSync(file, args, { env, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
}
