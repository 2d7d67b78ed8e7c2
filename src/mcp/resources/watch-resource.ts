/** Hears of changes of what is at the address of a resource. */
import type { JobService } from '../../jobs/job-service.ts';
import { parseAddress } from './address.ts';

/** Protocol and client have work with each; a script that prints all the time is told now and then. */
const PAUSE_MS = 250;

/**
 * Returns what ends it; `onEnd` is called when there is nothing more to hear.
 * @throws JobError for an address that names nothing
 */
export function watchResource(
  jobs: JobService,
  uri: string,
  onNews: () => void,
  onEnd: () => void,
): () => void {
  const address = parseAddress(uri);
  if (address.of === 'list') return watchList(jobs, onNews);
  return jobs.read.watch(address.id, PAUSE_MS, onNews, onEnd);
}

function watchList(jobs: JobService, onNews: () => void): () => void {
  const leaving = new AbortController();
  void tellOfList(jobs, onNews, leaving.signal);
  return () => leaving.abort();
}

async function tellOfList(jobs: JobService, tell: () => void, signal: AbortSignal): Promise<void> {
  const list = jobs.inspect.watchList();
  try {
    for (;;) {
      await list.next(PAUSE_MS, Infinity, signal);
      if (signal.aborted) return;
      tell();
    }
  } finally {
    list.close();
  }
}
