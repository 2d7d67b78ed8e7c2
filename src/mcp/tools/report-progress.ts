/** Progress notifications while a call waits, so that clients neither time out nor look frozen. */
import { type Advance, advanceProgress } from '../../output/progress/advance.ts';
import { attempt, every, UNTOLD } from '../../os/every.ts';
import type { ToolContext } from './tool.ts';

const INTERVAL_MS = 1_000;
/** Smallest growth: the protocol wants every value larger than the one before. */
const STEP = 0.001;

/**
 * Tells the client at once and then every second how far the script says it is, with what it
 * does: the newest line of its output, or of the installation of its packages. Does nothing for clients that sent no token. Returns the function that stops it.
 */
export function reportProgress(jobId: string, { jobs, request }: ToolContext): () => void {
  const progressToken = request.mcpReq._meta?.progressToken;
  if (progressToken === undefined) return () => {};
  let known: Advance | null = null;
  let last = -STEP;
  const notify = (): void => {
    const record = jobs.progress(jobId);
    known = (record && advanceProgress(known, record)) ?? known;
    last = Math.max(known?.progress ?? 0, last + STEP);
    const total = known?.total === undefined ? {} : { total: known.total };
    const message = jobs.whatItDoes(jobId);
    const params = { progressToken, progress: last, ...total, message };
    // A client that has gone away is noticed by the request's signal, not here.
    request.mcpReq.notify({ method: 'notifications/progress', params }).catch(() => {});
  };
  // No loss, while the database is locked for instance: the next one says more.
  attempt('progress', notify, UNTOLD);
  const telling = every(INTERVAL_MS, 'progress', notify, UNTOLD);
  return () => telling.stop();
}

/** A call that waits for a job tells the client so. */
export async function whileReporting<T>(
  input: { job_id: string; wait_seconds?: number | undefined },
  context: ToolContext,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const { signal } = context.request.mcpReq;
  if (!input.wait_seconds) return work(signal);
  context.jobs.get(input.job_id);
  const stop = reportProgress(input.job_id, context);
  try {
    return await work(signal);
  } finally {
    stop();
  }
}
