/** Writes that wait for another process while everything else goes on. */
import { setTimeout as pause } from 'node:timers/promises';
import { JobError } from '../core/job-error.ts';
import { isBusy, isFull } from './faults.ts';

const AGAIN_MS = 10;
const AGAIN_AT_MOST_MS = 250;
const PATIENCE_MS = 20_000;

/**
 * Tries again while another process holds the database.
 * @throws JobError storage after `withinMs`; what `work` throws otherwise
 */
export async function patiently<T>(work: () => T, withinMs = PATIENCE_MS): Promise<T> {
  const deadline = performance.now() + withinMs;
  for (let wait = AGAIN_MS; ; wait = Math.min(2 * wait, AGAIN_AT_MOST_MS)) {
    try {
      return work();
    } catch (error) {
      if (!isBusy(error)) throw error;
      if (performance.now() >= deadline) throw held(error);
    }
    await pause(wait);
  }
}

/** Whether the same write may succeed later. */
export function isHindered(error: unknown): boolean {
  return isBusy(error) || isFull(error);
}

function held(cause: unknown): JobError {
  const problem = 'Another program holds the job database locked, so nothing was changed.';
  return new JobError('storage', `${problem} Try again, or end that program.`, { cause });
}
