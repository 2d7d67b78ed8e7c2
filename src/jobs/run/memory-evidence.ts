/** Whether the kernel killed for memory while a job ran: its counter beside what it was at the start. */
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import * as z from 'zod';
import type { JobFolder } from '../../output/files/job-folder.ts';
import { readControl } from '../context/control-file.ts';

/** The job itself could write this: nothing but counters of the kernel is opened for its word. */
const COUNTER = /^\/sys\/fs\/cgroup(?:\/(?!\.\.?\/)[^/\0]+)*\/memory\.(?:events|oom_control)$/;
const AtStart = z.object({ events: z.string().regex(COUNTER), oom_kills: z.int() });
const MIB = 1024 * 1024;

/** A sentence, or null when it killed nothing of the job's control group, or nobody counted. */
export function killedForMemory(folder: JobFolder): string | null {
  const before = readControl(folder, folder.memory, AtStart);
  if (before === null) return null;
  const kills = countIn(before.events) - before.oom_kills;
  if (!(kills > 0)) return null;
  const what = kills === 1 ? '1 process' : `${kills} processes`;
  return `While it ran, the kernel killed ${what} of its control group, which was out of memory${limitOf(before.events)}.`;
}

function countIn(events: string): number {
  return Number(/^oom_kill (\d+)$/m.exec(textOf(events))?.[1]);
}

function limitOf(events: string): string {
  const name = events.endsWith('events') ? 'memory.max' : 'memory.limit_in_bytes';
  const bytes = Number(textOf(join(dirname(events), name)));
  // Version 1 says the largest number there is for none.
  return bytes > 0 && bytes < 2 ** 60 ? ` (${name}: ${Math.round(bytes / MIB)} MiB)` : '';
}

/** Empty when the group is gone. */
function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8').trim();
  } catch {
    return '';
  }
}
