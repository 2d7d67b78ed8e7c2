/** Text for the standard input of an interactive job. */
import { JobError } from '../../core/job-error.ts';
import { called } from '../../core/wording.ts';
import { hasEnded, statusOf, type Job } from '../../core/job.ts';
import { executorOf } from '../../executors/executor-of.ts';
import { type Engine, placedOf } from '../context/job-context.ts';

const INPUT_TIMEOUT_MS = 5_000;

/** `close` ends the input. Returns bytes written. @throws JobError job_not_running */
export async function sendInput(
  engine: Engine,
  job: Job,
  text: string,
  close: boolean,
): Promise<number> {
  refuseClosed(job);
  const [executor, placed] = [executorOf(engine.executors, job.request), placedOf(engine, job)];
  const written = text === '' ? 0 : await executor.sendInput(placed, text, INPUT_TIMEOUT_MS);
  if (close) await executor.closeInput(placed);
  return written;
}

function refuseClosed(job: Job): void {
  if (!job.request.interactive) {
    throw new JobError(
      'job_not_running',
      `Job ${job.id} was not started with ${called('interactive=true')}, so its standard input is closed. ` +
        `Start it again with ${called('interactive=true')}.`,
    );
  }
  if (hasEnded(job)) {
    throw new JobError('job_not_running', `Job ${job.id} has ended (${statusOf(job.state)}).`);
  }
}
