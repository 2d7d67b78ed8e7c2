/** What a follower of the job list is told: the whole page, whenever something on it has changed. */
import type { ListJobsInput } from '../../contract/inputs.ts';
import type { JobListing } from '../../contract/replies/lists.ts';
import type { JobService } from '../../jobs/job-service.ts';

export type ListMessage = { type: 'list'; list: JobListing } | { type: 'idle' };

/** Changes within this time are told together. */
const COALESCE_MS = 250;
/** Running jobs print and make progress without a change of their state. */
const RUNNING_EVERY_MS = 1_000;
/** Were a change of the database missed, it would be seen this late. */
const LOOK_AGAIN_MS = 5_000;
const HEARTBEAT_MS = 15_000;

/** Ends when the signal is raised. */
export async function* listMessages(
  jobs: JobService,
  request: ListJobsInput,
  signal: AbortSignal,
): AsyncGenerator<ListMessage> {
  const watch = jobs.inspect.watchList();
  let told = '';
  let spokeAt = performance.now();
  try {
    while (!signal.aborted) {
      const list = jobs.inspect.list(request);
      const text = JSON.stringify(list, withoutElapsed);
      const silent = performance.now() - spokeAt >= HEARTBEAT_MS;
      if (text !== told) yield { type: 'list', list };
      else if (silent) yield { type: 'idle' };
      if (text !== told || silent) spokeAt = performance.now();
      told = text;
      const busy = list.counts.running > 0;
      await watch.next(COALESCE_MS, busy ? RUNNING_EVERY_MS : LOOK_AGAIN_MS, signal);
    }
  } finally {
    watch.close();
  }
}

/** Time passes by itself; readers can count it from started_at. */
function withoutElapsed(key: string, value: unknown): unknown {
  return key === 'elapsed_seconds' ? undefined : value;
}
