/** What a process costs the machine, as the kernel counts it: all its threads together. */
import { readdirSync, readFileSync } from 'node:fs';
import { median, settle } from './measure.ts';

export interface ProcessCost {
  /** Milliseconds of processor time. */
  cpuMs: number;
  /** How often a thread was woken from a wait. */
  wakeUps: number;
}

export function costOf(pid: number): ProcessCost {
  let [cpuMs, wakeUps] = [0, 0];
  for (const thread of readdirSync(`/proc/${pid}/task`)) {
    const [nanoseconds] = readFileSync(`/proc/${pid}/task/${thread}/schedstat`, 'utf8').split(' ');
    const status = readFileSync(`/proc/${pid}/task/${thread}/status`, 'utf8');
    cpuMs += Number(nanoseconds) / 1e6;
    wakeUps += Number(/^voluntary_ctxt_switches:\s+(\d+)/m.exec(status)?.[1]);
  }
  return { cpuMs, wakeUps };
}

/** Of one process from before `work` to after it. */
export async function costDuring(pid: number, work: () => Promise<unknown>): Promise<ProcessCost> {
  const before = costOf(pid);
  await work();
  const after = costOf(pid);
  return { cpuMs: after.cpuMs - before.cpuMs, wakeUps: after.wakeUps - before.wakeUps };
}

const SLICES = 9;

/**
 * Of a process that is left alone, a second: the median of slices of the time, for now and then V8
 * tidies up what the start has left, which is no cost of standing by.
 */
export async function restingCost(pid: number, seconds: number): Promise<ProcessCost> {
  const slices: ProcessCost[] = [];
  const each = seconds / SLICES;
  while (slices.length < SLICES) slices.push(await costDuring(pid, () => settle(each * 1000)));
  return {
    cpuMs: median(slices.map(({ cpuMs }) => cpuMs)) / each,
    wakeUps: median(slices.map(({ wakeUps }) => wakeUps)) / each,
  };
}
