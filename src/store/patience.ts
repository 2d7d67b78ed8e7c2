/** Writes that may wait for another process, or for room on the disk, while everything else goes on. */
import { setTimeout as pause } from 'node:timers/promises';
import { JobError } from '../core/job-error.ts';
import { isBusy, isFull } from './faults.ts';

const AGAIN_MS = 10;
const AGAIN_AT_MOST_MS = 250;
const PATIENCE_MS = 20_000;

/**
 * For what somebody waits for: tried again while another process holds the database.
 * @throws JobError storage after `withinMs`; what `work` throws otherwise
 */
export async function patiently<T>(work: () => T, withinMs = PATIENCE_MS): Promise<T> {
  const deadline = performance.now() + withinMs;
  try {
    return await again(work, (error) => isBusy(error) && performance.now() < deadline);
  } catch (error) {
    if (!isBusy(error)) throw error;
    const held = 'Another program holds the job database locked, so nothing was changed.';
    throw new JobError('storage', `${held} Try again, or end that program.`, { cause: error });
  }
}

/** For what has happened already and must be written down, however long that takes. */
export function untilWritten<T>(work: () => T): Promise<T> {
  return again(work, isHindered);
}

/** Whether the same write may succeed later. */
export function isHindered(error: unknown): boolean {
  return isBusy(error) || isFull(error);
}

async function again<T>(work: () => T, isWorthIt: (error: unknown) => boolean): Promise<T> {
  for (let wait = AGAIN_MS; ; wait = Math.min(2 * wait, AGAIN_AT_MOST_MS)) {
    try {
      return work();
    } catch (error) {
      if (!isWorthIt(error)) throw error;
    }
    await pause(wait);
  }
}
