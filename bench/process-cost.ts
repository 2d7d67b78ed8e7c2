/** What a process costs the machine, as the kernel counts it: all its threads together. */
import { readdirSync, readFileSync } from 'node:fs';

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
