/** Sessions by themselves: their start, a cell, a stop, a flood, what an idle one costs. */
import { cpuMs } from '../idle-job.ts';
import { interleaved, median, type Medians, settle, timed } from '../measure.ts';
import { type Run, runBare, SCRIPTS, withServer } from '../run.ts';
import type { Server } from '../server.ts';

interface Cell {
  job_id: string;
  cell: number;
  memory_bytes: number;
}

const CELL_MS = 5;
const STOP_MS = 20;
/** 0.05 % of a core. */
const IDLE_SHARE = 0.0005;
const MEMORY_MB = 15;

/** From the first call of a name to its result. */
export function start(run: Run): Promise<Medians> {
  return withServer(run, async (server) => {
    const { value, baseline } = await interleaved(
      run.quick ? 5 : 15,
      (round) => startAndEnd(server, `s${round}`),
      () => timed(() => runBare(run, run.python, ['-c', '1 + 1'])),
    );
    return { value, baseline: 3.5 * baseline + 5 };
  });
}

export async function startAndEnd(server: Server, session: string): Promise<number> {
  await settle();
  let id = '';
  const took = await timed(async () => ({ job_id: id } = await ask(server, '1 + 1', session)));
  await server.call('py_cancel_job', { job_id: id, grace_seconds: 0 });
  return took;
}

export function cell(run: Run): Promise<Medians> {
  return withServer(run, async (server) => {
    const value = await cellTime(server, run.quick ? 100 : 500);
    return { value, baseline: CELL_MS };
  });
}

export async function cellTime(server: Server, rounds: number): Promise<number> {
  const times: number[] = [];
  await ask(server, '1 + 1');
  for (let round = 0; round < rounds; round++) {
    times.push(await timed(() => ask(server, '1 + 1')));
  }
  await end(server);
  return median(times);
}

export function lines(run: Run): Promise<Medians> {
  return withServer(run, async (server) => {
    await ask(server, 'code = open("million_lines.py").read()', 'main', { directory: SCRIPTS });
    const medians = await interleaved(
      run.quick ? 3 : 7,
      () => timed(() => ask(server, 'exec(code)')),
      () => {
        const command = `exec "${run.python}" million_lines.py > "${run.folder}/million.out"`;
        return timed(() => runBare(run, '/bin/sh', ['-c', command]));
      },
    );
    await end(server);
    return medians;
  });
}

/** From the wish to the reply that says it has ended. */
export function stop(run: Run): Promise<Medians> {
  return withServer(run, async (server) => {
    const times: number[] = [];
    for (let round = 0; round < (run.quick ? 20 : 100); round++) {
      const { job_id: id, cell } = await ask(server, 'while True: pass', 'main', {
        wait_seconds: 0,
      });
      await settle();
      times.push(await timed(() => server.call('py_cancel_job', { job_id: id, cell })));
    }
    await end(server);
    return { value: median(times), baseline: STOP_MS };
  });
}

/** Milliseconds of processor time in the time of the measurement. */
export function idle(run: Run): Promise<Medians> {
  const forMs = run.quick ? 8_000 : 20_000;
  return withServer(run, async (server) => {
    const { job_id: id } = await ask(server, '1 + 1');
    await settle(5_000); // it looks ever more seldom
    const before = cpuMs([id]);
    await settle(forMs);
    const value = cpuMs([id]) - before;
    await end(server);
    return { value, baseline: forMs * IDLE_SHARE };
  });
}

export function memory(run: Run): Promise<Medians> {
  return withServer(run, async (server) => {
    const { memory_bytes: bytes } = await ask(server, '1 + 1');
    await end(server);
    return { value: bytes / 2 ** 20, baseline: MEMORY_MB };
  });
}

export function ask(
  server: Server,
  code: string,
  session = 'main',
  more: object = {},
): Promise<Cell> {
  return server.call<Cell>('py_session_run', { session, code, wait_seconds: 45, ...more });
}

export async function end(server: Server, session = 'main'): Promise<void> {
  const { job_id: id } = await ask(server, 'None', session);
  await server.call('py_cancel_job', { job_id: id, grace_seconds: 0 });
}
