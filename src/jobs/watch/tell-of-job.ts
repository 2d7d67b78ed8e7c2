/** Tells of a job that something has changed, at a pace, until it has ended. */
import { hasEnded } from '../../core/job.ts';
import type { JobWatcher } from './job-watcher.ts';
import { Throttle } from './throttle.ts';

/**
 * `tell` is called when the job or its output has changed, once in `pauseMs`; the last time when the
 * job has ended or was removed, and `onEnd` after that. Returns what ends it before.
 */
export function tellOfJob(
  watcher: JobWatcher,
  jobId: string,
  pauseMs: number,
  tell: () => void,
  onEnd: () => void,
): () => void {
  const news = (): void => pace.due();
  const watched = watcher.join(jobId, news);
  const stop = (): void => {
    pace.stop();
    watched.leave(news);
  };
  const look = (): void => {
    tell();
    if (watched.job && !hasEnded(watched.job)) return;
    stop();
    onEnd();
  };
  const pace = new Throttle(look, stop, watcher.log, pauseMs);
  watched.watchOutput();
  if (!watched.job || hasEnded(watched.job)) pace.due();
  return stop;
}
