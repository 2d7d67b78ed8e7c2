/** Waits for news of a cell: its record, its session's state, the end of its job. */
import { FolderWatch } from '../../os/folder-watch.ts';
import type { Job } from '../../core/job.ts';
import type { JobFolder } from '../../output/files/job-folder.ts';
import { Alarm } from '../watch/alarm.ts';
import { type JobWatcher, POLL_MS } from '../watch/job-watcher.ts';

/** Until `done` says so, or `deadline` (Unix ms). */
export async function untilCell(
  watcher: JobWatcher,
  jobId: string,
  folder: JobFolder,
  done: (job: Job) => boolean,
  deadline: number,
  signal?: AbortSignal,
): Promise<void> {
  const news = new Alarm();
  const watched = watcher.join(jobId, news.ring);
  const unwatch = watchCells(folder, news.ring);
  try {
    for (;;) {
      const { job } = watched;
      const left = deadline - Date.now();
      if (!job || done(job) || left <= 0 || signal?.aborted) return;
      await news.sleep(Math.min(left, POLL_MS), signal);
    }
  } finally {
    unwatch();
    watched.leave(news.ring);
  }
}

/** Hints: a record, a state, a new cell. To be left. */
export function watchCells({ cells, control }: JobFolder, wake: () => void): () => void {
  const watches = [cells, control].map((folder) => new FolderWatch(folder, () => wake()));
  return () => watches.forEach((watch) => watch.close());
}
