/** One row of the process table as the kernel gives it. */
import { readFileSync } from 'node:fs';

export interface ProcessStat {
  pid: number;
  ppid: number;
  pgrp: number;
  session: number;
  start: string;
  /** Of the program, as far as the kernel keeps it: another one when it executes another. */
  name: string;
  /** One letter; `Z` and `X` are dead. */
  state: string;
}

/** Ended in between, or not for us to see (`hidepid`). */
const HIDDEN = ['ENOENT', 'ESRCH', 'EACCES', 'EPERM'];

/**
 * Linux only. Null when there is no such process; a zombie is returned with state `Z`.
 * @throws when it cannot be looked at now (no descriptors left): such a process is not gone.
 */
export function readStat(pid: number): ProcessStat | null {
  try {
    return parseStat(readFileSync(`/proc/${pid}/stat`, 'latin1'));
  } catch (error) {
    if (HIDDEN.includes(String((error as NodeJS.ErrnoException).code))) return null;
    throw error;
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
    name: text.slice(text.indexOf('(') + 1, end),
    state,
  };
}

export function isDead(stat: ProcessStat): boolean {
  return stat.state.startsWith('Z') || stat.state.startsWith('X');
}
