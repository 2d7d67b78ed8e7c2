/** The reply of `py_job_status`: a job, and in it what its reader has not had yet. */
import type { JobView } from '../../contract/replies/one-job.ts';
import type { PartialOutput } from '../../contract/replies/run-result.ts';
import type { StatusReply } from '../../contract/replies/status.ts';
import { encodeCursor, type Cursor } from '../../core/cursor.ts';
import { hasEnded, type Job } from '../../core/job.ts';
import type { JobFolder } from '../../output/files/job-folder.ts';
import type { OutputFiles } from '../../output/files/output-file.ts';
import { presentPage, readOutputWindow } from '../../output/files/output-window.ts';
import { type OutputPage, readPage } from '../../output/files/read-page.ts';
import { type Engine, folderOf } from '../context/job-context.ts';
import { describeBuildOf } from '../views/build-progress.ts';
import { jobView, WINDOW_BYTES } from '../views/job-view.ts';
import { furthest } from './reader-positions.ts';

export interface StatusRead {
  reply: StatusReply;
  /** Where the reader is once it has this reply. */
  position: Cursor;
}

/** Bytes of each stream kept visible beside the new output: enough to look for "ERROR" in. */
const SHORT_WINDOW_BYTES = 2_048;
/** Bytes of new output in one reply, both streams together. */
export const NEW_OUTPUT_BYTES = 40_000;

/** Everything so far. A reader that was shown all of it has had it; one that was not keeps its place. */
export function readFullStatus(
  engine: Engine,
  job: Job,
  output: OutputFiles,
  position: Cursor,
): StatusRead {
  const folder = folderOf(engine, job.id);
  const view = jobView(engine, job, output);
  if (!showsPartialOutput(job)) {
    return { reply: { job: { ...view, ...hintFor(job, folder) } }, position };
  }
  const { partial, seen, whole } = readWindows(output, WINDOW_BYTES, hasEnded(job));
  return {
    reply: { job: { ...view, ...partial, ...hintFor(job, folder) } },
    position: whole ? furthest(position, seen) : position,
  };
}

/** Everything so far, for a run that is moved to the background. */
export function readPartialOutput(job: Job, output: JobFolder): PartialOutput {
  return readWindows(output, WINDOW_BYTES, hasEnded(job)).partial;
}

function readWindows(
  output: OutputFiles,
  maxBytes: number,
  ended: boolean,
): { partial: PartialOutput; seen: Cursor; whole: boolean } {
  const stdout = readOutputWindow(output.stdout, maxBytes, ended);
  const stderr = readOutputWindow(output.stderr, maxBytes, ended);
  const seen = { stdout: stdout.next, stderr: stderr.next };
  return {
    partial: {
      partial_stdout: stdout.text,
      partial_stderr: stderr.text,
      cursor: encodeCursor(seen),
    },
    seen,
    whole: !stdout.truncated && !stderr.truncated,
  };
}

/**
 * Only what the reader has not had. The final status is told together with the last unread byte:
 * until then the job is `running` for this reader, so that a client which stops at a final status
 * has had everything.
 */
export function readNewOutput(
  engine: Engine,
  job: Job,
  output: OutputFiles,
  position: Cursor,
): StatusRead {
  const folder = folderOf(engine, job.id);
  const ended = hasEnded(job);
  // Errors first, but never all of the room: neither stream can starve the other.
  const stderr = readPage(output.stderr, position.stderr, NEW_OUTPUT_BYTES / 4, ended);
  const left = NEW_OUTPUT_BYTES - stderr.bytes.length;
  const stdout = readPage(output.stdout, position.stdout, left, ended);
  const next = { stdout: stdout.next, stderr: stderr.next };
  const unread = isUnread(stdout, ended) || isUnread(stderr, ended);
  const view = jobView(engine, job, output);
  const news = {
    new_stdout: presentPage(stdout),
    new_stderr: presentPage(stderr),
    ...(unread ? { more: true as const } : {}),
  };
  const shown = unread && ended ? { ...notYetEnded(view), ...MORE_HINT } : view;
  return {
    reply: {
      job: {
        ...shown,
        ...readWindows(output, SHORT_WINDOW_BYTES, ended).partial,
        ...news,
        ...whyNothingRuns(job, folder),
        cursor: encodeCursor(next),
      },
      incremental: true,
    },
    position: next,
  };
}

/** While the writer lives, up to three bytes may be half a character that it has yet to finish. */
function isUnread({ next, size }: OutputPage, ended: boolean): boolean {
  return size - next > (ended ? 0 : 3);
}

const MORE_HINT = {
  hint: 'The script has ended; more output is unread than fits in one reply. Call again at once: the final status comes with the last part.',
};

function notYetEnded(view: JobView): JobView {
  return { ...view, status: 'running', result: null };
}

/** Without enable_streaming a running job shows no output in a full status, as callers asked. */
function showsPartialOutput(job: Job): boolean {
  return job.request.streaming || hasEnded(job);
}

function hintFor(job: Job, folder: JobFolder): { hint?: string } {
  const why = whyNothingRuns(job, folder);
  if (why.hint !== undefined || showsPartialOutput(job)) return why;
  return {
    hint: 'Started without enable_streaming: read its output with py_job_output, or pass incremental=true.',
  };
}

/** A build may take minutes in which the script prints nothing. */
function whyNothingRuns({ state }: Job, folder: JobFolder): { hint?: string } {
  if (state.name === 'pending') return { hint: 'Waiting for a free place (max_concurrent_jobs).' };
  const build = state.name === 'preparing' ? describeBuildOf(folder) : null;
  if (build === null) return {};
  return { hint: `Its packages are being installed; the script starts after that: ${build}` };
}
