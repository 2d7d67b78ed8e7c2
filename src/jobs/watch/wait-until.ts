/** Waiting for something to become true of a job, wherever it runs and whoever started it. */
import type { Job } from '../../core/job.ts';
import { ChangeWatch } from '../../output/files/change-watch.ts';
import { type Engine, folderOf } from '../context/job-context.ts';
import type { Finisher } from '../run/record-end.ts';

/** A flooding script wakes a waiter this often at most; the first wake is not delayed. */
const PACE_MS = 10;

/**
 * Observes the job until `done` says so, the deadline passes or the signal is raised; returns the
 * job as it is then (null when it was removed). Woken by file events and by this process's own.
 */
export async function waitUntil(
  engine: Engine,
  finisher: Finisher,
  jobId: string,
  done: (job: Job) => boolean | Promise<boolean>,
  deadline: number,
  signal?: AbortSignal,
): Promise<Job | null> {
  const watch = new ChangeWatch(folderOf(engine, jobId).root);
  const onChanged = (changed: string): void => {
    if (changed === jobId) watch.wake();
  };
  engine.events.on('changed', onChanged);
  try {
    for (let wakes = 0; ; wakes += 1) {
      if (wakes > 1) await pause(PACE_MS);
      const job = finisher.observe(jobId);
      if (!job || (await done(job))) return job;
      const left = deadline - Date.now();
      if (left <= 0 || signal?.aborted) return job;
      await watch.next(left, signal);
    }
  } finally {
    engine.events.off('changed', onChanged);
    watch.close();
  }
}

/** As above for the end of a job that is this process's child: its exit is an event of ours. */
export async function waitForEvent(
  engine: Engine,
  jobId: string,
  deadline: number,
  signal?: AbortSignal,
): Promise<void> {
  await new Promise<void>((resolve) => {
    const timer = setTimeout(finish, Math.max(0, deadline - Date.now()));
    const onEnded = (ended: string): void => {
      if (ended === jobId) finish();
    };
    engine.events.on('ended', onEnded);
    signal?.addEventListener('abort', finish, { once: true });
    function finish(): void {
      clearTimeout(timer);
      engine.events.off('ended', onEnded);
      signal?.removeEventListener('abort', finish);
      resolve();
    }
  });
}

export async function pause(milliseconds: number): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, milliseconds));
}
