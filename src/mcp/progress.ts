/** Progress notifications while a call waits, so that clients neither time out nor look frozen. */
import type { ToolContext } from './tool.ts';

const INTERVAL_MS = 1_000;

/**
 * Tells the client at once and then every second how long the call has waited, with the newest line
 * of output. Does nothing for clients that sent no token. Returns the function that stops it.
 */
export function reportProgress(jobId: string, { jobs, request }: ToolContext): () => void {
  const progressToken = request.mcpReq._meta?.progressToken;
  if (progressToken === undefined) return () => {};
  const began = Date.now();
  let last = -1;
  const notify = (): void => {
    const progress = Math.max(last + 0.001, (Date.now() - began) / 1000);
    last = progress;
    const message = jobs.lastLine(jobId) || 'running';
    const params = { progressToken, progress, message };
    // A client that has gone away is noticed by the request's signal, not here.
    request.mcpReq.notify({ method: 'notifications/progress', params }).catch(() => {});
  };
  notify();
  const timer = setInterval(notify, INTERVAL_MS);
  return () => clearInterval(timer);
}
