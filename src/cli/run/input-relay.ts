/** Passes our standard input on to an interactive job, as it comes. */
import { JobError } from '../../core/job-error.ts';
import type { JobService } from '../../jobs/job-service.ts';

/** Ends with the input, with the job, or when the script closes its standard input. */
export async function relayInput(
  jobs: JobService,
  id: string,
  stdin: NodeJS.ReadStream,
  signal: AbortSignal,
): Promise<void> {
  const decoder = new TextDecoder();
  const stop = (): void => void stdin.destroy();
  signal.addEventListener('abort', stop, { once: true });
  try {
    const { state } = await jobs.waitForStart(id, signal);
    if (signal.aborted || state.name !== 'running') return;
    for await (const chunk of stdin) {
      await sendAll(jobs, id, decoder.decode(chunk as Uint8Array, { stream: true }), signal);
    }
    await jobs.control.sendInput(id, decoder.decode(), true);
  } catch (error) {
    if (!signal.aborted && !(error instanceof JobError)) throw error;
  } finally {
    signal.removeEventListener('abort', stop);
    stop();
  }
}

/** A script that does not read takes less than all: the rest waits for it, for as long as it runs. */
async function sendAll(
  jobs: JobService,
  id: string,
  text: string,
  signal: AbortSignal,
): Promise<void> {
  let rest = Buffer.from(text);
  while (rest.length > 0 && !signal.aborted) {
    const written = await jobs.control.sendInput(id, rest.toString(), false);
    rest = rest.subarray(written);
  }
}
