/** What a pending job waits for, in words that follow "waits for". */
import type { Job, JobRequest } from '../../core/job.ts';
import type { Holdings } from '../../store/holdings.ts';
import type { Engine } from '../context/job-context.ts';

/** Jobs in a sentence. */
const MOST_NAMED = 3;
const A_PLACE = 'a free place (max_concurrent_jobs)';

/** Null for a job that is not pending. */
export function waitsFor(
  { store, capacities }: Engine,
  { id, state, request }: Job,
): string | null {
  if (state.name !== 'pending') return null;
  const { locks = [], after = [], gpus = 0 } = request;
  const awaited = after.length > 0 ? store.awaitedJobs(id) : [];
  if (awaited.length > 0) return `${listOf(awaited)} to complete`;
  if (locks.length + gpus === 0) return A_PLACE;
  return whatIsHeld(request, store.holdings(capacities)) ?? `its turn, or ${A_PLACE}`;
}

/** The first thing that it lacks. */
function whatIsHeld({ locks = [], gpus = 0 }: JobRequest, holdings: Holdings): string | null {
  for (const lock of locks) {
    const holders = holdings.holdersOf(lock);
    if (holders.length > 0) return `${lock}, held by ${listOf(holders)}`;
  }
  const holders = holdings.holdersOfGpus(gpus);
  const what = gpus === 1 ? 'a GPU' : `${gpus} GPUs`;
  return holders.length > 0 ? `${what}, held by ${listOf(holders)}` : null;
}

function listOf(ids: readonly string[]): string {
  if (ids.length === 1) return String(ids[0]);
  const more = ids.length - MOST_NAMED;
  if (more > 0) return `${ids.slice(0, MOST_NAMED).join(', ')} and ${more} more`;
  return `${ids.slice(0, -1).join(', ')} and ${ids.at(-1)}`;
}
