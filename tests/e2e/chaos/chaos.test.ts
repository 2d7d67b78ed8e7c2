/**
 * Everything at once, drawn from a seed: `npm run chaos` tries twenty, PYTHON_MCP_CHAOS_SEED=N one of them
 * again. Without either nothing is tried.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { cancelAll, type Reply } from '../../support/start-server.ts';
import { waitFor } from '../../support/wait-for.ts';
import { outputOf, planOf } from './plan.ts';
import { SESSION, type StartedJob, World } from './world.ts';

const { env } = process;
const OPERATIONS = Number(env['PYTHON_MCP_CHAOS_OPERATIONS'] ?? 500);
const SEEDS = env['PYTHON_MCP_CHAOS_SEED']
  ? [Number(env['PYTHON_MCP_CHAOS_SEED'])]
  : Array.from({ length: Number(env['PYTHON_MCP_CHAOS'] ?? 0) }, (_, n) => n + 1);

test.runIf(SEEDS.length > 0)('is tried (skipped: npm run chaos)', () => {});

for (const seed of SEEDS) {
  test(`seed ${seed}: nothing is lost, doubled or stuck`, { timeout: 1_800_000 }, async () => {
    const world = await World.begin();
    await world.carryOut(planOf(seed, OPERATIONS));
    await world.settle();
    const { server } = world;
    const { jobs } = await server.call('py_list_jobs', { limit: 500 });
    for (const job of world.jobs) checkJob(world, job, jobs);
    checkCells(world, jobs);
    await cancelAll(server);
    const none = async (): Promise<boolean> => (await server.processes()).length === 0;
    await waitFor(none, 60_000, 'the end of all processes');
    console.log(
      `seed ${seed}: ${OPERATIONS} operations, ${world.jobs.length} jobs, ${world.kills} kills`,
    );
  });
}

function checkJob({ hasPruned, server }: World, job: StartedJob, listed: Reply[]): void {
  const { name, script, id, wasCancelled } = job;
  const found = listed.filter(({ label }) => label === name);
  const marks = (kind: string): string => {
    const path = join(server.work, `${kind}-${name}`);
    return existsSync(path) ? readFileSync(path, 'utf8') : '';
  };
  expect([name, found.length <= 1, marks('began').length <= 1]).toEqual([name, true, true]);
  const [{ id: listedId, status } = { id: null, status: 'missing' }] = found;
  if (status === 'missing') {
    const isExplained = id === null || (hasPruned && (wasCancelled || marks('done') === 'x'));
    expect([name, 'is missing', isExplained]).toEqual([name, 'is missing', true]);
    return;
  }
  if (id !== null) expect(listedId).toBe(id);
  const expected = outputOf(name, script);
  for (const stream of ['stdout', 'stderr'] as const) {
    const got = server.output(listedId, stream).toString();
    // Who is interrupted says so.
    const said = got.split('Traceback (most recent call last)')[0] ?? '';
    const isRight = wasCancelled ? expected[stream].startsWith(said) : expected[stream] === got;
    expect([name, stream, status, isRight || got]).toEqual([name, stream, status, true]);
  }
  if (wasCancelled) return;
  expect([name, status]).toEqual([name, script.code === 0 ? 'completed' : 'failed']);
  expect([name, marks('began'), marks('done')]).toEqual([name, 'x', 'x']);
}

function checkCells({ server, words }: World, listed: Reply[]): void {
  const ids = listed.filter(({ label }) => !String(label).startsWith('job-')).map(({ id }) => id);
  const log = ids
    .map((id) => server.output(id, 'stdout').toString())
    .join('')
    .split('\n');
  for (const [word, isKnown] of words) {
    const count = log.filter((line) => line === word).length;
    expect([SESSION, word, count <= 1, !isKnown || count === 1]).toEqual([
      SESSION,
      word,
      true,
      true,
    ]);
  }
}
