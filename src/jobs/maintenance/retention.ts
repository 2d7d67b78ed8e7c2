/** Keeps the history within its limits of age, number and disk space: what ended first goes first. */
import type { Engine } from '../context/job-context.ts';
import { removeJobs } from './prune.ts';
import type { PutOff } from './put-off.ts';

const DAY_MS = 86_400_000;
/** Jobs removed in one go; the rest has time. */
const BATCH = 50;

/**
 * Removes some of what is over the limits, and returns how many jobs that were. Costs what it
 * removes: the oldest job is found, and the number and size of all are known, without looking at any.
 */
export async function removeOldJobs(
  engine: Engine,
  stubborn: PutOff,
  signal: AbortSignal,
): Promise<number> {
  let removed = 0;
  for (const id of expired(engine, stubborn)) {
    if (signal.aborted) return removed;
    removed += await remove(engine, id, stubborn);
  }
  for (const id of oldest(engine, stubborn, Date.now())) {
    if (signal.aborted || !isTooMuch(engine)) return removed;
    removed += await remove(engine, id, stubborn);
  }
  return removed;
}

async function remove(engine: Engine, id: string, stubborn: PutOff): Promise<number> {
  const kept = new Map<string, string>();
  await removeJobs(engine, [id], kept);
  if (kept.size > 0) {
    stubborn.add(id);
    return 0;
  }
  engine.log.info('removed an old job', { job: id });
  return 1;
}

function expired(engine: Engine, stubborn: PutOff): string[] {
  const { keep_jobs_days: days } = engine.config;
  return days === 0 ? [] : oldest(engine, stubborn, Date.now() - days * DAY_MS);
}

function oldest({ lists }: Engine, stubborn: PutOff, before: number): string[] {
  return stubborn.due(lists.oldestEnded(before, BATCH + stubborn.size));
}

function isTooMuch({ config, lists }: Engine): boolean {
  const { keep_jobs_max: jobs, keep_jobs_bytes: bytes } = config;
  return (jobs > 0 && lists.count(null) > jobs) || (bytes > 0 && lists.diskUse() > bytes);
}
