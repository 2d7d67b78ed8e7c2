/** Jobs as every adapter shows them: the wire form of the contract. */
import type { JobItem, JobSummary, JobView } from '../../contract/replies/one-job.ts';
import type { RunResult } from '../../contract/replies/run-result.ts';
import { describeClient } from '../../core/client.ts';
import { type Cursor, encodeCursor, START } from '../../core/cursor.ts';
import {
  hasEnded,
  phaseOf,
  statusOf,
  type EndedJob,
  type EndedState,
  type Job,
  type Launch,
  NOBODY,
  type Said,
} from '../../core/job.ts';
import { errorOfEnd } from '../../core/outcome.ts';
import { worded } from '../../core/wording.ts';
import { jsonBytes } from '../../output/files/fitted-page.ts';
import type { JobFolder, Stream } from '../../output/files/job-folder.ts';
import { type OutputFiles, outputSizes } from '../../output/files/output-file.ts';
import { type OutputWindow, readOutputWindow } from '../../output/files/output-window.ts';
import { summariseArtifacts } from '../artifacts/artifact-summary.ts';
import { awaitedInput } from './awaited-input.ts';
import { benchmarkResult } from './benchmark.ts';
import { type Engine, folderOf } from '../context/job-context.ts';
import { failureHint } from './failure-hint.ts';
import { waitsFor } from './waits-for.ts';

/** Of a whole output, both streams together, shown as head and tail. */
const WINDOW_BYTES = 16_000;
/** Of a stated result in a list. */
const SHORT_RESULT_BYTES = 300;

export function jobSummary(job: Job, now: number = Date.now()): JobSummary {
  const ended = hasEnded(job) ? job.state : null;
  const startedAt = 'startedAt' in job.state ? job.state.startedAt : null;
  return {
    id: job.id,
    label: job.request.label,
    tool: job.request.tool,
    client: job.client && describeClient(job.client),
    status: statusOf(job.state),
    phase: phaseOf(job.state),
    created_at: isoTime(job.createdAt),
    started_at: startedAt === null ? null : isoTime(startedAt),
    completed_at: ended && isoTime(ended.endedAt),
    elapsed_seconds: elapsedSeconds(startedAt, ended?.endedAt ?? now),
    error: ended ? errorOfEnd(ended) : outOfSight(job),
    outcome: ended && ended.outcome,
    ...shortResult(ended?.said),
  };
}

/** In a list; the whole one is in the result of the job. */
function shortResult(said: Said | null | undefined): { result_value?: unknown } {
  if (!said || !('result' in said)) return {};
  const isShort = Buffer.byteLength(JSON.stringify(said.result)) <= SHORT_RESULT_BYTES;
  return isShort ? { result_value: said.result } : {};
}

/** Said in place of an error: nobody here can tell whether it still runs. */
function outOfSight({ state, endingBy }: Job): string | null {
  const why = ('outOfSight' in state && state.outOfSight) || null;
  return why && endingBy === NOBODY
    ? `${why} It is to be ended, but nothing was stopped yet.`
    : why;
}

/** A job in a list for people: with what it is doing right now. @param reader as `awaitedInput` */
export function jobItem(
  engine: Engine,
  job: Job,
  output: OutputFiles = folderOf(engine, job.id),
  reader: Cursor = START,
): JobItem {
  const sizes = outputSizes(output);
  const asked = awaitedInput(engine, job, reader, output);
  const waits = waitsFor(engine, job);
  return {
    ...jobSummary(job),
    ...(waits === null ? {} : { waits_for: waits }),
    ...(asked === null ? {} : { waiting_for_input: asked }),
    progress: engine.progress.read(job, output),
    stdout_bytes: sizes.stdout,
    stderr_bytes: sizes.stderr,
  };
}

export function jobView(
  engine: Engine,
  job: Job,
  output: OutputFiles = folderOf(engine, job.id),
  maxBytes: number = WINDOW_BYTES,
  reader: Cursor = START,
): JobView {
  const { result_value: _short, ...item } = jobItem(engine, job, output, reader);
  const end = { stdout: item.stdout_bytes, stderr: item.stderr_bytes };
  return {
    ...item,
    cursor: encodeCursor(end),
    result: hasEnded(job) ? runResult(job, folderOf(engine, job.id), output, maxBytes) : null,
  };
}

/** What a run came to. */
export function runResult(
  job: EndedJob,
  folder: JobFolder,
  output: OutputFiles = folder,
  maxBytes: number = WINDOW_BYTES,
): RunResult {
  const { state } = job;
  const failed = state.name !== 'completed';
  const { stdout, stderr } = readBothWindows(output, maxBytes, true, failed);
  const error = errorOf(job, stderr.text);
  return {
    job_id: job.id,
    status: statusOf(state),
    stdout: stdout.text,
    stderr: stderr.text,
    exit_code: state.exitCode,
    execution_strategy: state.launch?.strategy ?? null,
    environment_source: state.launch?.source ?? null,
    interpreter: state.launch?.interpreter ?? null,
    python_version: state.launch?.pythonVersion ?? null,
    elapsed_seconds: elapsedSeconds(state.startedAt, state.endedAt),
    stdout_bytes: stdout.bytes,
    stderr_bytes: stderr.bytes,
    usage: state.usage,
    ...(stdout.truncated || stderr.truncated ? { truncated: howToReadAll(job.id) } : {}),
    ...launchDetails(state.launch),
    ...notesOf(state),
    ...packageDetails(job),
    ...benchmarkOf(job, folder),
    ...summariseArtifacts(folder, job.id),
    ...(error === null ? {} : { error }),
    ...(state.said && 'result' in state.said ? { result_value: state.said.result } : {}),
  };
}

/** Errors first, but never all of the room. */
export function readBothWindows(
  output: OutputFiles,
  maxBytes: number,
  ended: boolean,
  failed = false,
): Record<Stream, OutputWindow> {
  const stderr = readOutputWindow(output.stderr, Math.floor(maxBytes / 2), ended, failed);
  const room = maxBytes - jsonBytes(stderr.text);
  return { stdout: readOutputWindow(output.stdout, room, ended, failed), stderr };
}

function errorOf(job: EndedJob, stderr: string): string | null {
  const error = errorOfEnd(job.state);
  const hint = failureHint(job, stderr);
  return error && hint ? `${error} ${worded(hint)}` : error;
}

function launchDetails(launch: Launch | null): Partial<RunResult> {
  return launch?.builtNow ? { resolved_dependencies: launch.resolvedDependencies ?? [] } : {};
}

function notesOf({ launch, said }: EndedState): { notes?: string[] } {
  const left = launch?.left ? [worded(launch.left)] : [];
  const notes = [...(launch?.notes ?? []), ...(said?.notes ?? []), ...left];
  return notes.length > 0 ? { notes } : {};
}

/** A run with packages says what it ran with even when it needed none. */
function packageDetails({ request, state: { launch } }: EndedJob): Partial<RunResult> {
  if (request.tool !== 'py_run_script_with_dependencies' || !launch) return {};
  const { resolvedDependencies, pythonVersion } = launch;
  return { resolved_dependencies: resolvedDependencies ?? [], python_version_used: pythonVersion };
}

function benchmarkOf(job: EndedJob, folder: JobFolder): Partial<RunResult> {
  const benchmark = job.request.benchmark && benchmarkResult(job, folder);
  return benchmark ? { benchmark } : {};
}

function howToReadAll(jobId: string): string {
  return `Only the beginning and the end are shown. Read all of it with py_job_output(job_id="${jobId}").`;
}

function elapsedSeconds(startedAt: number | null, until: number): number {
  return startedAt === null ? 0 : Math.max(0, until - startedAt) / 1000;
}

function isoTime(milliseconds: number): string {
  return new Date(milliseconds).toISOString();
}
