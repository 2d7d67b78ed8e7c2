/** The reply of `py_job_status`: a job, and in it what its reader has not had yet. */
import type { JobView } from '../../contract/replies/one-job.ts';
import type { PartialOutput, RunResult } from '../../contract/replies/run-result.ts';
import type { StatusReply } from '../../contract/replies/status.ts';
import { decodeCursor, encodeCursor, type Cursor } from '../../core/cursor.ts';
import { hasEnded, type Job } from '../../core/job.ts';
import type { FittedPage } from '../../output/files/fitted-page.ts';
import type { Stream } from '../../output/files/job-folder.ts';
import type { OutputFiles, OutputRef } from '../../output/files/output-file.ts';
import { fitFrom, present } from '../../output/files/output-window.ts';
import { type OutputPage, readBefore } from '../../output/files/read-page.ts';
import { type Engine, folderOf } from '../context/job-context.ts';
import { describeBuildOf } from '../views/build-progress.ts';
import { jobView, readBothWindows } from '../views/job-view.ts';
import { waitsFor } from '../views/waits-for.ts';
import { furthest } from './reader-positions.ts';

export interface StatusRead {
  reply: StatusReply;
  /** Where the reader is once it has this reply. */
  position: Cursor;
}

/** Characters of each stream from before the new output: enough to look for "ERROR" in. */
const TAIL_CHARACTERS = 250;
/** Of output in one reply, both streams together, when the caller does not say. */
export const DEFAULT_OUTPUT_BYTES = 16_000;

/** Everything so far. A reader that was shown all of it has had it; one that was not keeps its place. */
export function readFullStatus(
  engine: Engine,
  job: Job,
  output: OutputFiles,
  position: Cursor,
  maxBytes: number = DEFAULT_OUTPUT_BYTES,
): StatusRead {
  const { waits_for: _inTheHint, ...view } = jobView(engine, job, output, maxBytes, position);
  if (hasEnded(job)) return { reply: { job: view }, position: seenBy(position, view) };
  const hint = hintFor(engine, job);
  if (!job.request.streaming) return { reply: { job: { ...view, ...hint } }, position };
  const { partial, seen, whole } = readWindows(output, maxBytes, false);
  return {
    reply: { job: { ...view, ...partial, ...hint } },
    position: whole ? furthest(position, seen) : position,
  };
}

/** The output of an ended job is in its result. */
function seenBy(position: Cursor, { result, cursor }: JobView): Cursor {
  return result?.truncated === undefined ? furthest(position, decodeCursor(cursor)) : position;
}

/** Everything so far, for a run that is moved to the background. */
export function readPartialOutput(
  job: Job,
  output: OutputFiles,
): { partial: PartialOutput; position: Cursor } {
  const { partial, wholeTo } = readWindows(output, DEFAULT_OUTPUT_BYTES, hasEnded(job));
  return { partial, position: wholeTo };
}

interface Windows {
  partial: PartialOutput;
  seen: Cursor;
  /** Up to where nothing was left out. */
  wholeTo: Cursor;
  whole: boolean;
}

function readWindows(output: OutputFiles, maxBytes: number, ended: boolean): Windows {
  const { stdout, stderr } = readBothWindows(output, maxBytes, ended);
  const seen = { stdout: stdout.next, stderr: stderr.next };
  return {
    partial: {
      partial_stdout: stdout.text,
      partial_stderr: stderr.text,
      cursor: encodeCursor(seen),
    },
    seen,
    wholeTo: { stdout: stdout.wholeTo, stderr: stderr.wholeTo },
    whole: !stdout.truncated && !stderr.truncated,
  };
}

/**
 * Only what the reader has not had, the status as it is, and no byte of output twice. More than fits
 * is said to be there, also when the job has ended: it comes when it is asked for.
 */
export function readNewOutput(
  engine: Engine,
  job: Job,
  output: OutputFiles,
  position: Cursor,
  maxBytes: number = DEFAULT_OUTPUT_BYTES,
): StatusRead {
  const ended = hasEnded(job);
  const { stdout, stderr } = readNews(output, position, maxBytes, ended);
  const next = { stdout: stdout.page.next, stderr: stderr.page.next };
  const unread = unreadOf(stdout.page, ended) + unreadOf(stderr.page, ended);
  return {
    reply: {
      job: {
        ...newsOf(jobView(engine, job, output, 0, position)),
        ...tailsBefore(output, position),
        new_stdout: stdout.text,
        new_stderr: stderr.text,
        ...whyNothingRuns(engine, job),
        ...(unread > 0 ? moreToRead(unread) : {}),
        cursor: encodeCursor(next),
      },
      incremental: true,
    },
    position: next,
  };
}

/** Errors first, but never all of the room: neither stream can starve the other. */
function readNews(
  output: OutputFiles,
  position: Cursor,
  maxBytes: number,
  ended: boolean,
): Record<Stream, FittedPage> {
  const read = (stream: Stream, room: number): FittedPage =>
    fitFrom(output[stream], position[stream], room, ended);
  const share = Math.floor(maxBytes / 4);
  const stderr = read('stderr', share);
  const stdout = read('stdout', maxBytes - stderr.cost);
  const room = maxBytes - stdout.cost;
  const hasMore = unreadOf(stderr.page, ended) > 0 && room > share;
  return { stdout, stderr: hasMore ? read('stderr', room) : stderr };
}

/** While the writer lives, up to three bytes may be half a character that it has yet to finish. */
function unreadOf({ next, size }: OutputPage, ended: boolean): number {
  const unread = size - next;
  return unread > (ended ? 0 : 3) ? unread : 0;
}

function moreToRead(unread: number): { more: true; unread_bytes: number; hint: string } {
  const hint =
    'More is unread: ask again for it, or jump to the end with py_job_output(tail=true).';
  return { more: true, unread_bytes: unread, hint };
}

/** The end of what the reader has had before. */
function tailsBefore(output: OutputFiles, position: Cursor): Omit<PartialOutput, 'cursor'> {
  return {
    partial_stdout: tailBefore(output.stdout, position.stdout),
    partial_stderr: tailBefore(output.stderr, position.stderr),
  };
}

function tailBefore(output: OutputRef, before: number): string {
  if (before === 0) return '';
  const text = present(readBefore(output, before, TAIL_CHARACTERS * 8, true).bytes);
  if (text.length <= TAIL_CHARACTERS) return text;
  const tail = text.slice(-TAIL_CHARACTERS);
  const lineEnd = tail.indexOf('\n', 0);
  const from = lineEnd >= 0 && lineEnd < tail.length - 1 ? lineEnd + 1 : 0;
  return tail.slice(from).toWellFormed();
}

/**
 * What may be new to whoever asks again: the rest is in the full status. What was printed is told as
 * new output, and why it failed beside it: each once.
 */
function newsOf({ result, ...view }: JobView): StatusReply['job'] {
  const { tool: _tool, client: _client, created_at: _at, started_at: _from, ...known } = view;
  const { waits_for: _inTheHint, completed_at, error, outcome, progress, ...rest } = known;
  return {
    ...rest,
    ...(completed_at === null ? {} : { completed_at }),
    ...(error === null ? {} : { error }),
    ...(outcome === null ? {} : { outcome }),
    ...(progress === null ? {} : { progress }),
    result: result && resultBeside(result),
  };
}

function resultBeside(result: RunResult): StatusReply['job']['result'] {
  const { stdout: _out, stderr: _err, truncated: _cut, error: _said, ...rest } = result;
  const { job_id: _id, status: _status, elapsed_seconds: _took, ...more } = rest;
  const { stdout_bytes: _outBytes, stderr_bytes: _errBytes, ...ofResult } = more;
  return ofResult;
}

function hintFor(engine: Engine, job: Job): { hint?: string } {
  const why = whyNothingRuns(engine, job);
  if (why.hint !== undefined || job.request.streaming) return why;
  return {
    hint: 'Started without enable_streaming: read its output with py_job_output, or pass incremental=true.',
  };
}

/** A build may take minutes in which the script prints nothing. */
function whyNothingRuns(engine: Engine, job: Job): { hint?: string } {
  const waits = waitsFor(engine, job);
  if (waits !== null) return { hint: `Waiting for ${waits}.` };
  const isBuilt = job.state.name === 'preparing';
  const build = isBuilt ? describeBuildOf(folderOf(engine, job.id)) : null;
  if (build === null) return {};
  return { hint: `Its packages are being installed; the script starts after that: ${build}` };
}
