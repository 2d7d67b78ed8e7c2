/**
 * Jobs with locks, order and GPUs as chance has it, from three servers that are killed meanwhile. With
 * PYTHON_MCP_HEAVY=1 (npm run test:heavy) two hundred of them, else forty. What was held when is
 * proved by what the scripts themselves wrote.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { HEAVY } from '../support/heavy.ts';
import { type Reply, startServer, type TestServer } from '../support/start-server.ts';
import { waitFor } from '../support/wait-for.ts';

const JOBS = HEAVY ? 200 : 40;
const LIMIT_MS = HEAVY ? 900_000 : 240_000;
const CAPACITIES: Readonly<Record<string, number>> = { one: 1, two: 2, other: 1 };
const GPUS = 3;
const ENV = {
  PYTHON_MCP_LOCKS: JSON.stringify({ two: 2 }),
  PYTHON_MCP_GPUS: String(GPUS),
  PYTHON_MCP_MAX_CONCURRENT_JOBS: '6',
};

/** How a script ends, and what becomes of its job then. */
const ENDS = { well: 'completed', badly: 'failed', killed: 'failed', never: 'cancelled' } as const;

interface Planned {
  name: string;
  end: keyof typeof ENDS;
  locks: string[];
  gpus: number;
  /** Names of earlier ones. */
  after: string[];
}

/** From its first moment to its last, by a clock that all processes of the machine share. */
interface Span {
  from: number;
  to: number;
  devices: string[];
}

test(
  `${JOBS} jobs from three servers with kills: nothing is held too often, nothing leaks, order is kept`,
  async () => {
    const plan = planOf(JOBS);
    const { server, ids } = await startAll(plan);
    expect(await endsOf(server, ids, plan)).toEqual(expectedEnds(plan));

    const spans = spansOf(readFileSync(join(server.work, 'times'), 'utf8'));
    const ran = plan.filter((planned) => mayRun(planned, plan));
    expect([...spans.keys()].sort()).toEqual(ran.map(({ name }) => name).sort());
    for (const [lock, places] of Object.entries(CAPACITIES)) {
      const holders = ran.filter(({ locks }) => locks.includes(lock)).map(({ name }) => name);
      expect(mostAtOnce(holders.map((name) => spans.get(name)))).toBeLessThanOrEqual(places);
    }
    for (const device of ['0', '1', '2']) {
      const users = [...spans.values()].filter(({ devices }) => devices.includes(device));
      expect(mostAtOnce(users)).toBeLessThanOrEqual(1);
    }
    for (const { name, gpus, after } of ran) {
      expect(spans.get(name)?.devices).toHaveLength(gpus);
      const last = Math.max(0, ...after.map((earlier) => Number(spans.get(earlier)?.to)));
      expect(spans.get(name)?.from).toBeGreaterThan(last);
    }

    const everything = { locks: Object.keys(CAPACITIES), gpus: GPUS };
    const id = await server.start('print("nothing is left")', everything);
    expect(await server.ended(id, LIMIT_MS)).toMatchObject({ status: 'completed' });
  },
  LIMIT_MS + 120_000,
);

/** The same plan each time. */
function planOf(count: number): Planned[] {
  let state = 12_345;
  const chance = (of: number): number => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return Math.floor((state / 2_147_483_648) * of);
  };
  const plan: Planned[] = [];
  while (plan.length < count) {
    const earlier = [1, 2].flatMap(() => (chance(4) === 0 ? plan.slice(-8, -1) : []));
    const after = new Set(earlier.filter(() => chance(7) === 0).map(({ name }) => name));
    plan.push({
      name: `job${plan.length}`,
      end: (['badly', 'killed', 'never'] as const)[chance(24)] ?? 'well',
      locks: Object.keys(CAPACITIES).filter(() => chance(3) === 0),
      gpus: chance(3) === 0 ? 1 + chance(GPUS) : 0,
      after: [...after],
    });
  }
  return plan;
}

/** Each server is killed while it has jobs, the last one when all are accepted. */
async function startAll(
  plan: Planned[],
): Promise<{ server: TestServer; ids: Map<string, string> }> {
  const first = await startServer({ env: ENV });
  const more = () => startServer({ env: ENV, on: first });
  const servers = [first, await more(), await more()];
  const ids = new Map<string, string>();
  const replace = async (at: number): Promise<void> => {
    await servers[at]?.kill();
    servers[at] = await more();
  };
  for (const [number, planned] of plan.entries()) {
    const server = servers[number % 3] as TestServer;
    const { name, locks, gpus } = planned;
    const after = planned.after.map((earlier) => String(ids.get(earlier)));
    const asked = { locks, gpus, after, job_label: name };
    ids.set(name, await server.start(scriptOf(planned), asked));
    if (number === Math.floor(plan.length / 2)) await replace(0);
  }
  await replace(1);
  await replace(2);
  return { server: servers[2] as TestServer, ids };
}

function scriptOf({ name, end, gpus }: Planned): string {
  const devices = gpus > 0 ? 'os.environ["CUDA_VISIBLE_DEVICES"]' : '""';
  return `
import os, signal, time
times = os.open("times", os.O_WRONLY | os.O_CREAT | os.O_APPEND)
devices = ${devices}
def note(what): os.write(times, f"{what} ${name} {time.monotonic()} {devices}\\n".encode())
try: note("from"); time.sleep(${end === 'never' ? 3600 : 0.05})
finally: note("to")
${end === 'badly' ? 'raise SystemExit(3)' : ''}
${end === 'killed' ? 'os.kill(os.getpid(), signal.SIGKILL)' : ''}
`;
}

/** Of all jobs by name, in the end; those that never end by themselves are cancelled when they run. */
async function endsOf(
  server: TestServer,
  ids: Map<string, string>,
  plan: Planned[],
): Promise<Record<string, string>> {
  const list = async (): Promise<Reply[]> =>
    (await server.call('py_list_jobs', { limit: 500 })).jobs;
  const endless = plan.filter(({ end }) => end === 'never').map(({ name }) => ids.get(name));
  const done = async (): Promise<boolean> => {
    const jobs = await list();
    const running = jobs.filter(({ id, phase }) => phase === 'running' && endless.includes(id));
    for (const { id } of running.filter(({ label }) => hasBegun(server, label)))
      await server.call('py_cancel_job', { job_id: id, grace_seconds: 60 });
    return jobs.every(({ phase }) => phase === 'ended');
  };
  await waitFor(done, LIMIT_MS, 'the end of all jobs');
  return Object.fromEntries((await list()).map(({ label, status }) => [label, status]));
}

function hasBegun({ work }: TestServer, name: string): boolean {
  const times = join(work, 'times');
  return existsSync(times) && readFileSync(times, 'utf8').includes(`from ${name} `);
}

function expectedEnds(plan: Planned[]): Record<string, string> {
  return Object.fromEntries(
    plan.map((planned) => [planned.name, mayRun(planned, plan) ? ENDS[planned.end] : 'failed']),
  );
}

function mayRun({ after }: Planned, plan: Planned[]): boolean {
  return plan
    .filter(({ name }) => after.includes(name))
    .every((earlier) => earlier.end === 'well' && mayRun(earlier, plan));
}

/** @throws when a script ran twice, or did not say when it ended */
function spansOf(times: string): Map<string, Span> {
  const spans = new Map<string, Span>();
  for (const line of times.trim().split('\n')) {
    const [what, name = '', at, devices = ''] = line.split(' ');
    const known = spans.get(name);
    if ((what === 'from') === (known !== undefined)) throw new Error(`once too often: ${line}`);
    if (known) known.to = Number(at);
    else
      spans.set(name, { from: Number(at), to: NaN, devices: devices.split(',').filter(Boolean) });
  }
  const open = [...spans].filter(([, { to }]) => Number.isNaN(to));
  if (open.length > 0) throw new Error(`without an end: ${open.map(([name]) => name).join()}`);
  return spans;
}

function mostAtOnce(spans: (Span | undefined)[]): number {
  const all = spans.filter((span) => span !== undefined);
  const counts = all.map(({ from: at }) => all.filter(({ from, to }) => from <= at && at < to));
  return Math.max(0, ...counts.map(({ length }) => length));
}
