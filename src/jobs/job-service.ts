/**
 * The one door: MCP tools, HTTP routes and CLI commands call these methods and nothing behind them.
 * Everything it knows is in the home folder; any number of these may work on one home.
 */
import type {
  JobOutputInput,
  PruneJobsInput,
  SendInputInput,
  StatusInput,
} from '../contract/inputs.ts';
import type { JobsReply } from '../contract/replies/status.ts';
import type { CancelReply, PruneReply } from '../contract/replies/control.ts';
import type { JobView, Progress } from '../contract/replies/one-job.ts';
import type { PartialOutput, RunReply, RunResult } from '../contract/replies/run-result.ts';
import type { Client } from '../core/client.ts';
import type { Cursor } from '../core/cursor.ts';
import { invalid } from '../core/job-error.ts';
import { hasEnded, NOBODY, statusOf, type Job } from '../core/job.ts';
import { acceptRun, type Origin } from './accept/accept-run.ts';
import { Reconciler } from './run/reconciler.ts';
import { type Engine, folderOf } from './context/job-context.ts';
import { EndRecorder } from './run/record-end.ts';
import { followOutput, OutputFollower } from './read/follow-output.ts';
import type { FollowOptions, OutputChunk } from './read/follow-output.ts';
import { Housekeeping } from './maintenance/maintenance.ts';
import { Inspection } from './inspection.ts';
import { jobView, runResult } from './views/job-view.ts';
import { runReply } from './views/run-reply.ts';
import { importHistory } from './maintenance/import-history.ts';
import { JobLookup } from './run/job-lookup.ts';
import {
  type AnswerForReader,
  type Caller,
  JobOutput,
  type StatusForReader,
} from './read/read-job.ts';
import { sessionReader } from './read/session-reader.ts';
import { JobWaits } from './read/waits.ts';
import { Launcher } from './run/launcher.ts';
import { pruneJobs, removeJob } from './maintenance/prune.ts';
import { withOpened } from '../output/files/output-file.ts';
import { readOutput } from './read/text-page.ts';
import type { OutputPages, OutputRequest } from './read/text-page.ts';
import { whatItDoes } from './views/what-it-does.ts';
import { awaitedInput } from './views/awaited-input.ts';
import { readPartialOutput } from './read/read-status.ts';
import { patiently } from '../store/patience.ts';
import { rerunInput, type RerunValues } from './accept/rerun.ts';
import type { RunInput } from './accept/run-request.ts';
import { Sessions } from './sessions/sessions.ts';
import { sendInput } from './run/send-input.ts';
import { JobWatcher } from './watch/job-watcher.ts';
import { tellOfJob } from './watch/tell-of-job.ts';
import { Snapshot } from './maintenance/snapshot.ts';
import { DEFAULT_GRACE_MS, SHORT_GRACE_MS, Terminator } from './run/terminator.ts';

export class JobService {
  /** Details for people, read only. */
  readonly inspect: Inspection;
  readonly sessions: Sessions;
  readonly #engine: Engine;
  readonly #recorder: EndRecorder;
  readonly #launcher: Launcher;
  readonly #terminator: Terminator;
  readonly #reconciler: Reconciler;
  readonly #housekeeping: Housekeeping;
  readonly #lookup: JobLookup;
  readonly #waits: JobWaits;
  readonly #output: JobOutput;
  readonly #watcher: JobWatcher;
  readonly #snapshot: Snapshot;

  constructor(engine: Engine) {
    this.#engine = engine;
    this.#recorder = new EndRecorder(engine);
    this.inspect = new Inspection(engine, this.#recorder, (id) => this.#lookup.get(id));
    this.#launcher = new Launcher(engine, this.#recorder);
    this.#watcher = new JobWatcher(engine, {
      at: (id) => this.#recorder.recordEnd(id),
      isOurs: (id) => this.#launcher.isOurs(id),
    });
    this.#terminator = new Terminator(engine, this.#recorder, this.#launcher);
    this.#reconciler = new Reconciler(engine, this.#recorder, this.#launcher, this.#terminator);
    this.#housekeeping = new Housekeeping(engine);
    this.#lookup = new JobLookup(engine, this.#recorder);
    const leftKnown = (id: string): Promise<void> => this.#reconciler.leftKnown(id);
    this.#waits = new JobWaits(engine, this.#watcher, this.#lookup, leftKnown);
    this.#output = new JobOutput(engine, this.#lookup, this.#waits);
    const [lookup, launcher] = [this.#lookup, this.#launcher];
    const cancel = (id: string): Promise<CancelReply> => this.cancel(id);
    this.sessions = new Sessions({ engine, lookup, launcher, cancel }, this.#watcher);
    this.#snapshot = new Snapshot(engine, engine.snapshotPath);
  }

  /** Begins to look after the jobs of this home, those of dead servers included. */
  open(): void {
    importHistory(this.#engine, this.#engine.snapshotPath);
    this.#snapshot.start();
    this.#reconciler.start();
    this.#housekeeping.start();
  }

  /** Waits until what is to end has ended, and what ended jobs left behind. Comes before `close`. */
  settle(): Promise<void> {
    return this.#reconciler.settle();
  }

  /** Lets go of everything; jobs run on. */
  close(): void {
    this.#reconciler.stop();
    this.#housekeeping.stop();
    this.#launcher.abandonPreparations();
    this.#watcher.close();
    this.#output.settle();
    this.#snapshot.stop();
    this.#engine.store.close();
  }

  /**
   * Accepts a run: when this returns, the job is durable and will be run once.
   * @throws JobError when something is wrong with the request; nothing was written then.
   */
  async run(input: RunInput, origin: Origin): Promise<Job> {
    const id = await acceptRun(this.#engine, this.#launcher, input, origin);
    this.#launcher.startNext();
    return this.#engine.store.find(id) ?? this.#lookup.refuse(id);
  }

  /** The job as it is now. @throws JobError unknown_job */
  get(id: string): Job {
    return this.#lookup.get(id);
  }

  view(id: string): JobView {
    return jobView(this.#engine, this.get(id));
  }

  /** What a job came to; null while it has not ended. */
  result(id: string): RunResult | null {
    const job = this.get(id);
    return hasEnded(job) ? runResult(job, folderOf(this.#engine, id)) : null;
  }

  /** The same in few words; null while it has not ended. */
  runReply(id: string): RunReply | null {
    const job = this.get(id);
    const folder = folderOf(this.#engine, id);
    return hasEnded(job) ? runReply(job, folder, runResult(job, folder)) : null;
  }

  /** Everything printed so far as bounded text, and the cursor after it. */
  partialOutput(id: string): PartialOutput {
    const job = this.get(id);
    const folder = folderOf(this.#engine, id);
    return readPartialOutput(job, folder).partial;
  }

  /** The reader that a client is when it names none. */
  sessionOf({ name }: Client): string {
    return sessionReader(name, this.#engine.server);
  }

  /** What a run that is moved to the background has shown, which its reader has had then. */
  handOver(id: string, reader: string): { shown: PartialOutput; advance: () => void } {
    this.markMoved(id);
    const read = readPartialOutput(this.get(id), folderOf(this.#engine, id));
    return { shown: read.partial, advance: () => this.#output.advance(id, reader, read.position) };
  }

  /** One line, for progress messages. */
  whatItDoes(id: string): string {
    return whatItDoes(this.get(id), folderOf(this.#engine, id), this.progress(id));
  }

  /** How far a running job says it is; null when it says nothing. */
  progress(id: string): Progress | null {
    return this.#engine.progress.read(this.get(id), folderOf(this.#engine, id));
  }

  /** A synchronous run became a background job: from now on its status shows partial output. */
  markMoved(id: string): void {
    const { store, log } = this.#engine;
    patiently(() => store.markStreaming(id)).catch((error: unknown) => {
      log.warn('a run is not marked as moved', { job: id, error: String(error) });
    });
  }

  /** Waits for the end, at most until `deadline` (Unix ms); returns the job as it is then. */
  waitForEnd(id: string, deadline: number, signal?: AbortSignal): Promise<Job> {
    return this.#waits.forEnd(id, deadline, signal);
  }

  /** The same, or until its script waits for input. */
  waitForEndOrInput(id: string, deadline: number, signal?: AbortSignal): Promise<Job> {
    return this.#waits.forEndOrInput(id, deadline, signal);
  }

  /** What a script that waits for input asks; null while it does not wait. */
  awaitedInput(id: string): string | null {
    return awaitedInput(this.#engine, this.get(id));
  }

  /** Waits until its script has started, or it has ended without. */
  waitForStart(id: string, signal?: AbortSignal): Promise<Job> {
    return this.#waits.forStart(id, signal);
  }

  async status(input: StatusInput, caller: Caller): Promise<StatusForReader> {
    const status = await this.#output.status(input, caller);
    const session = this.sessions.view(input.job_id, !input.incremental);
    if (session) status.reply.job.session = session;
    return status;
  }

  /** Waits until all have ended, or any of them: a row each. */
  rows(ids: string[], isAny: boolean, seconds: number, signal: AbortSignal): Promise<JobsReply> {
    return this.#output.rows(ids, isAny, seconds, signal);
  }

  /** Sends input and waits for what comes back, which counts as read by the reader. */
  answer(input: SendInputInput, caller: Caller, reader: string): Promise<AnswerForReader> {
    return this.#output.answer(input, caller, reader);
  }

  /** One page of output, or what a search found in it, as text under a header line. */
  output(input: JobOutputInput, signal?: AbortSignal): Promise<string> {
    return this.#output.text(input, signal);
  }

  /** One page of raw output, for callers that pass bytes on. @throws JobError as readOutput */
  outputPage(id: string, request: OutputRequest): OutputPages {
    const job = this.get(id);
    return withOpened(folderOf(this.#engine, id), (output) =>
      readOutput(hasEnded(job), output, request),
    );
  }

  /** Raw output from `cursor` on, as it appears, to the job's end. */
  followOutput(id: string, cursor: Cursor, how?: FollowOptions): AsyncGenerator<OutputChunk> {
    this.get(id);
    return followOutput(this.#engine, this.#watcher, id, cursor, how);
  }

  /** The same for a follower that asks for it, when `wake` was called. To be left. */
  follow(id: string, cursor: Cursor, wake: () => void): OutputFollower {
    this.get(id);
    return new OutputFollower(this.#engine, this.#watcher, id, cursor, wake);
  }

  /** Tells of changes, once in `pauseMs` at most, until the job has ended or the result is called. */
  watch(id: string, pauseMs: number, tell: () => void, onEnd: () => void): () => void {
    this.get(id);
    return tellOfJob(this.#watcher, id, pauseMs, tell, onEnd);
  }

  /** Ends a job and all its processes before it answers. Cancelling twice is the same as once. */
  async cancel(id: string, graceMs: number = DEFAULT_GRACE_MS): Promise<CancelReply> {
    const job = this.get(id);
    if (hasEnded(job)) return this.#cancelReply(job, [], `The job had already ended.`);
    const survivors = await this.#terminator.end(job, 'cancelled', graceMs);
    const after = this.get(id);
    const ended = hasEnded(after);
    return this.#cancelReply(after, survivors, ended ? ENDED : beingEnded(after));
  }

  prune(input: PruneJobsInput): Promise<PruneReply> {
    return pruneJobs(this.#engine, {
      keepCompleted: input.keep_completed ?? true,
      keepFailed: input.keep_failed ?? true,
      keepCancelled: input.keep_cancelled ?? true,
      maxAgeHours: input.max_age_hours ?? 24,
      dryRun: input.dry_run ?? false,
    });
  }

  /** The same run again. @throws JobError invalid_request that names values to be given again */
  rerun(id: string, values: RerunValues, origin: Origin): Promise<Job> {
    const job = this.get(id);
    return this.run(rerunInput(job, folderOf(this.#engine, id), values), origin);
  }

  /** Removes an ended job and its files. @throws JobError invalid_request while it has not ended */
  async remove(id: string): Promise<void> {
    if (!hasEnded(this.get(id))) {
      throw invalid('job_id', `job ${id} has not ended.`, 'Cancel it first.');
    }
    await removeJob(this.#engine, id);
  }

  /** Writes to the standard input of an interactive job; `close` ends it. Returns bytes written. */
  async sendInput(id: string, text: string, close: boolean): Promise<number> {
    return sendInput(this.#engine, this.get(id), text, close);
  }

  /** This id, or the one that begins so. @throws JobError unknown_job, invalid_request */
  idOf(prefix: string): string {
    return this.#lookup.idOf(prefix);
  }

  /** Ids that begin with `prefix`, newest first, for completion. */
  completeId(prefix: string): string[] {
    return this.#lookup.completions(prefix);
  }

  /** Ends runs that nobody can collect any more, before their client loses its patience. */
  async abandon(ids: Iterable<string>): Promise<void> {
    await Promise.allSettled([...ids].map((id) => this.cancel(id, SHORT_GRACE_MS)));
  }

  #cancelReply(job: Job, survivors: number[], message: string): CancelReply {
    return { job_id: job.id, status: statusOf(job.state), message, survivors };
  }
}

const ENDED = 'The job and its processes were ended.';

function beingEnded({ state, endingBy }: Job): string {
  if (endingBy !== NOBODY || !('outOfSight' in state)) return 'The job is being ended.';
  return `${state.outOfSight} Nothing was stopped: a python-mcp that runs over there ends it.`;
}
