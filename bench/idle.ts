/** What servers cost while nobody asks them for anything, with a short history and with a long one. */
import { startHttpSession } from './http-session.ts';
import { homeWithHistory, KEEP_ALL } from './history-home.ts';
import { type Medians, settle } from './measure.ts';
import { type ProcessCost, restingCost } from './process-cost.ts';
import type { Run } from './run.ts';
import { startServer } from './server.ts';

const FEW = 100;
const MANY = 100_000;
/** Starting up, and what is done once after it. */
const SETTLED_AFTER_MS = 12_000;
const CPU_BUDGET_MS_A_MINUTE = 60;
const WAKE_UPS_BUDGET_A_SECOND = 3;

interface Idle {
  few: ProcessCost;
  many: ProcessCost;
  serveFew: ProcessCost;
  serveMany: ProcessCost;
}

/** All are looked at in the same time, once: a minute each would be a minute five times. */
let measured: Promise<Idle> | null = null;

export async function idleHistory(run: Run): Promise<Medians> {
  const { few, many } = await idle(run);
  return { value: many.cpuMs, baseline: few.cpuMs };
}

export async function idleCpu(run: Run): Promise<Medians> {
  return { value: (await idle(run)).many.cpuMs, baseline: CPU_BUDGET_MS_A_MINUTE };
}

export async function idleWakeUps(run: Run): Promise<Medians> {
  return { value: (await idle(run)).many.wakeUps, baseline: WAKE_UPS_BUDGET_A_SECOND };
}

export async function idleServeHistory(run: Run): Promise<Medians> {
  const { serveFew, serveMany } = await idle(run);
  return { value: serveMany.cpuMs, baseline: serveFew.cpuMs };
}

export async function idleServeCpu(run: Run): Promise<Medians> {
  return { value: (await idle(run)).serveMany.cpuMs, baseline: CPU_BUDGET_MS_A_MINUTE };
}

export async function idleServeWakeUps(run: Run): Promise<Medians> {
  return { value: (await idle(run)).serveMany.wakeUps, baseline: WAKE_UPS_BUDGET_A_SECOND };
}

function idle(run: Run): Promise<Idle> {
  measured ??= measure(run);
  return measured;
}

async function measure(run: Run): Promise<Idle> {
  const [few, many] = [await homeWithHistory(run, FEW), await homeWithHistory(run, MANY)];
  const servers = await Promise.all([
    startServer(few, KEEP_ALL),
    startServer(many, KEEP_ALL),
    startHttpSession(few, KEEP_ALL),
    startHttpSession(many, KEEP_ALL),
  ]);
  try {
    await settle(SETTLED_AFTER_MS);
    const seconds = run.quick ? 18 : 54;
    const costs = await Promise.all(servers.map(({ pid }) => costFor(pid, seconds)));
    const [a, b, c, d] = costs as [ProcessCost, ProcessCost, ProcessCost, ProcessCost];
    return { few: a, many: b, serveFew: c, serveMany: d };
  } finally {
    for (const server of servers) await server.stop();
  }
}

/** Milliseconds of CPU a minute, wake-ups a second. */
async function costFor(pid: number, seconds: number): Promise<ProcessCost> {
  const { cpuMs, wakeUps } = await restingCost(pid, seconds);
  return { cpuMs: cpuMs * 60, wakeUps };
}
