/** Waiting for something to become true of a job, wherever it runs and whoever started it. */
import type { Job } from '../../core/job.ts';
import { Alarm } from './alarm.ts';
import type { JobWatcher, WatchedJob } from './job-watcher.ts';

/** Whether it is true; a number: not yet, and no news may tell, so ask again after so many ms. */
export type Verdict = boolean | number;

/**
 * Asks `done` at once and at all news of the job, until it says so, the deadline (Unix ms) passes or
 * the signal is raised; returns the job as it is then. Null: it was removed.
 */
export async function waitUntil(
  watcher: JobWatcher,
  jobId: string,
  done: (job: Job, watched: WatchedJob) => Verdict | Promise<Verdict>,
  deadline: number,
  signal?: AbortSignal,
): Promise<Job | null> {
  const news = new Alarm();
  const watched = watcher.join(jobId, news.ring);
  try {
    for (;;) {
      const { job } = watched;
      const verdict = job ? await done(job, watched) : true;
      const left = deadline - Date.now();
      if (verdict === true || left <= 0 || signal?.aborted) return job;
      await news.sleep(verdict === false ? left : Math.min(left, verdict), signal);
    }
  } finally {
    watched.leave(news.ring);
  }
}
