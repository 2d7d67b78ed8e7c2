/**
 * `python-mcp watch`: the milestones of a job and its end, a line each, for monitors that turn every
 * line into a turn of a model.
 */
import { START, decodeCursor, type Cursor } from '../../core/cursor.ts';
import { hasEnded } from '../../core/job.ts';
import { every } from '../../os/every.ts';
import type { App } from '../../jobs/app.ts';
import type { JobService } from '../../jobs/job-service.ts';
import { present } from '../../output/files/output-window.ts';
import { describeProgress } from '../run/progress-line.ts';
import { printLine, type Terminal } from '../terminal/terminal.ts';
import { Milestones } from './milestones.ts';
import { endOf } from './wait.ts';
import { jobNamed } from '../terminal/typed-job.ts';

export interface WatchOptions {
  every: number;
  stall: number;
}

const LOOK_MS = 500;
/** Of a longer output only what comes from now on is read. */
const READ_FROM_START_BYTES = 1024 * 1024;

/** @returns 0: what the job came to is in the last line. */
export async function watchJob(
  { jobs, log }: Pick<App, 'jobs' | 'log'>,
  prefix: string,
  { every: seconds, stall }: WatchOptions,
  { stdout }: Terminal,
): Promise<number> {
  const id = jobNamed(jobs, prefix);
  const milestones = new Milestones({ everyMs: seconds * 1000, stallMs: stall * 1000 }, Date.now());
  const say = async (): Promise<void> => {
    const line = lineDue(jobs, id, milestones);
    if (line !== null) await printLine(stdout, `${id} ${line}`);
  };
  const saying = every(LOOK_MS, 'a milestone', say, log);
  try {
    for await (const { bytes } of jobs.read.followOutput(id, beginning(jobs, id))) {
      milestones.printed(present(bytes), Date.now());
    }
  } finally {
    saying.stop();
  }
  const job = jobs.get(id);
  if (hasEnded(job)) await printLine(stdout, endOf(job));
  return 0;
}

function beginning(jobs: JobService, id: string): Cursor {
  const end = decodeCursor(jobs.view(id).cursor);
  return end.stdout + end.stderr > READ_FROM_START_BYTES ? end : START;
}

function lineDue(jobs: JobService, id: string, milestones: Milestones): string | null {
  const percent = jobs.progress(id)?.percent ?? null;
  if (percent !== null) milestones.reached(percent, describeProgress(jobs.view(id)));
  return milestones.due(Date.now());
}
