/** Replies that say little of a job: a row among several, what came back for an input. */
import type { AnswerReply } from '../../contract/replies/control.ts';
import type { JobRow, StatusReply } from '../../contract/replies/status.ts';
import { hasEnded, type Job } from '../../core/job.ts';
import { type Engine, folderOf } from '../context/job-context.ts';
import { awaitedInput } from '../views/awaited-input.ts';
import { jobSummary } from '../views/job-view.ts';
import { waitsFor } from '../views/waits-for.ts';

/** What decides on the next step; the rest is asked for with the job. */
export function jobRow(engine: Engine, job: Job): JobRow {
  const { id, label, status, elapsed_seconds, error, ...summary } = jobSummary(job);
  const asked = awaitedInput(engine, job);
  const waits = waitsFor(engine, job);
  const progress = engine.progress.read(job, folderOf(engine, id));
  return {
    id,
    label,
    status,
    elapsed_seconds,
    ...(hasEnded(job) ? { exit_code: job.state.exitCode } : {}),
    ...(error === null ? {} : { error }),
    ...('result_value' in summary ? { result_value: summary.result_value } : {}),
    ...(waits === null ? {} : { waits_for: waits }),
    ...(asked === null ? {} : { waiting_for_input: asked }),
    ...(progress?.percent == null ? {} : { percent: progress.percent }),
  };
}

export function answerReply(
  written: number,
  { job }: StatusReply,
  asked: string | null,
): AnswerReply {
  const { new_stdout = '', new_stderr = '', more, status } = job;
  return {
    written,
    new_stdout,
    new_stderr,
    ...(more ? { more } : {}),
    waiting_for_input: asked,
    status,
    ...(job.result ? { exit_code: job.result.exit_code } : {}),
    ...(job.error == null ? {} : { error: job.error }),
  };
}
