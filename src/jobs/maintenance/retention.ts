/** Keeps the history within its limits of age, number and disk space: what ended first goes first. */
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Engine } from '../context/job-context.ts';
import { removeJob } from './prune.ts';

const DAY_MS = 86_400_000;
/** Jobs removed in one go; the rest has time. */
const BATCH = 50;

/**
 * Removes some of what is over the limits, and returns how many jobs that were. Costs what it
 * removes: the oldest job is found, and the number and size of all are known, without looking at any.
 */
export async function removeOldJobs(engine: Engine, signal: AbortSignal): Promise<number> {
  let removed = 0;
  const remove = async (id: string): Promise<void> => {
    await removeJob(engine, id);
    engine.log.info('removed an old job', { job: id });
    removed += 1;
    await nextTurn();
  };
  for (const { id } of expired(engine)) {
    if (signal.aborted) return removed;
    await remove(id);
  }
  for (const { id } of engine.lists.oldestEnded(Date.now(), BATCH)) {
    if (signal.aborted || !isTooMuch(engine)) return removed;
    await remove(id);
  }
  return removed;
}

function expired({ config, lists }: Engine): { id: string }[] {
  const { keep_jobs_days: days } = config;
  return days === 0 ? [] : lists.oldestEnded(Date.now() - days * DAY_MS, BATCH);
}

function isTooMuch({ config, lists }: Engine): boolean {
  const { keep_jobs_max: jobs, keep_jobs_bytes: bytes } = config;
  return (jobs > 0 && lists.count(null) > jobs) || (bytes > 0 && lists.diskUse() > bytes);
}
