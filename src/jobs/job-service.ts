/**
 * The one door: MCP tools, HTTP routes and CLI commands call these methods and nothing behind them.
 * Everything it knows is in the home folder; any number of these may work on one home.
 */
import type { JobOutputInput, JobStatusInput, ListJobsInput, PruneJobsInput } from '../contract.ts';
import type { Cursor } from '../core/cursor.ts';
import { newJobId } from '../core/job-id.ts';
import { invalid, JobError } from '../core/job-error.ts';
import { hasEnded, statusOf, type Job, type JobStatus } from '../core/job.ts';
import { createJobFolder, writeNewFile } from '../output/job-folder.ts';
import { closeInput, writeInput } from '../process/job-input.ts';
import { Caretaker } from './caretaker.ts';
import { DiskFloor } from './disk-floor.ts';
import { type Engine, folderOf } from './engine.ts';
import { Finisher } from './finisher.ts';
import { followOutput, OutputFollower } from './follow-output.ts';
import type { OutputChunk, Shared } from './follow-output.ts';
import { Housekeeping } from './housekeeping.ts';
import { Inspection } from './inspection.ts';
import { jobSummary, jobView, runResult, type JobSummary, type JobView } from './job-view.ts';
import type { RunResult } from './job-view.ts';
import { importHistory } from './import-history.ts';
import { JobLookup } from './job-lookup.ts';
import { JobOutput } from './job-output.ts';
import { JobWaits } from './job-waits.ts';
import { Launcher } from './launcher.ts';
import { pruneJobs, removeJob, type PruneReply } from './prune.ts';
import { readOutput } from './read-output.ts';
import type { OutputPages, OutputRequest } from './read-output.ts';
import { lastLine, type Progress } from './read-progress.ts';
import { type PartialOutput, readPartialOutput, type StatusReply } from './read-status.ts';
import { rerunInput, type RerunValues } from './rerun.ts';
import { checkRun, type RunInput } from './run-request.ts';
import { SharedLooks } from './shared-looks.ts';
import { SharedPages } from './shared-pages.ts';
import { Snapshot } from './snapshot.ts';
import { DEFAULT_GRACE_MS, Terminator } from './terminator.ts';
import { ToldEnds } from './told-ends.ts';

export interface CancelReply {
  job_id: string;
  status: JobStatus;
  message: string;
  /** Ids of processes that could not be ended. */
  survivors: number[];
}

export interface JobList {
  jobs: JobSummary[];
  total: number;
  next_page: number | null;
}

const INPUT_TIMEOUT_MS = 5_000;

export class JobService {
  /** Details for people, read only. */
  readonly inspect: Inspection;
  /** Who has had the pictures of which job. */
  readonly toldEnds = new ToldEnds();
  readonly #engine: Engine;
  readonly #finisher: Finisher;
  readonly #launcher: Launcher;
  readonly #terminator: Terminator;
  readonly #caretaker: Caretaker;
  readonly #housekeeping: Housekeeping;
  readonly #lookup: JobLookup;
  readonly #waits: JobWaits;
  readonly #output: JobOutput;
  readonly #shared: Shared;
  readonly #snapshot: Snapshot;

  constructor(engine: Engine) {
    this.#engine = engine;
    this.#finisher = new Finisher(engine);
    const pages = new SharedPages();
    this.#shared = { looks: new SharedLooks(engine, this.#finisher, pages), pages };
    this.inspect = new Inspection(engine, this.#finisher, (id) => this.#lookup.get(id));
    this.#launcher = new Launcher(engine, this.#finisher);
    this.#terminator = new Terminator(engine, this.#finisher, this.#launcher);
    this.#caretaker = new Caretaker(engine, this.#finisher, this.#launcher, this.#terminator);
    this.#housekeeping = new Housekeeping(engine);
    this.#lookup = new JobLookup(engine, this.#finisher);
    this.#waits = new JobWaits(engine, this.#finisher, this.#launcher, this.#lookup);
    this.#output = new JobOutput(engine, this.#lookup, this.#waits);
    this.#snapshot = new Snapshot(engine, engine.snapshotPath);
  }

  /** Begins to look after the jobs of this home, those of dead servers included. */
  open(): void {
    importHistory(this.#engine, this.#engine.snapshotPath);
    this.#snapshot.start();
    this.#caretaker.start();
    this.#housekeeping.start();
  }

  /** Waits until what ended jobs left behind is ended too. To be called before `close`, at leisure. */
  settle(): Promise<void> {
    return this.#caretaker.settle();
  }

  /** Lets go of everything; jobs run on. */
  close(): void {
    this.#caretaker.stop();
    this.#housekeeping.stop();
    this.#launcher.abandonPreparations();
    this.#output.settle();
    this.#snapshot.stop();
    this.#engine.store.close();
  }

  /**
   * Accepts a run: when this returns, the job is durable and will be run once.
   * @throws JobError when something is wrong with the request; nothing was written then.
   */
  async run(input: RunInput, tool: string): Promise<Job> {
    const { config, store, server } = this.#engine;
    const { default_timeout_seconds: timeoutSeconds, max_output_bytes: maxOutputBytes } = config;
    const checked = await checkRun(input, { tool, timeoutSeconds, maxOutputBytes });
    await this.#engine.checkPython(checked.request.pythonVersion);
    this.#refuseFullDisk();
    const createdAt = Date.now();
    const id = newJobId(createdAt);
    const folder = folderOf(this.#engine, id);
    createJobFolder(folder);
    if (checked.source !== null) writeNewFile(folder.script, checked.source);
    const { held } = checked;
    const request = { ...checked.request, directory: checked.request.directory ?? folder.work };
    const bound = held.stdin !== null || request.envNames.length > 0;
    if (bound) this.#launcher.hold(id, held);
    store.insert({ id, request, submittedBy: server, bound, createdAt });
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

  /** Everything printed so far as bounded text, and the cursor after it. */
  partialOutput(id: string): PartialOutput {
    const job = this.get(id);
    const folder = folderOf(this.#engine, id);
    return readPartialOutput(job, folder);
  }

  /** The newest line of output, for progress messages. */
  lastLine(id: string): string {
    return lastLine(folderOf(this.#engine, id));
  }

  /** How far a running job says it is; null when it says nothing. */
  progress(id: string): Progress | null {
    return this.#engine.progress.read(this.get(id), folderOf(this.#engine, id));
  }

  /** A synchronous run became a background job: from now on its status shows partial output. */
  markMoved(id: string): void {
    this.#engine.store.markStreaming(id);
  }

  /** Waits for the end, at most until `deadline` (Unix ms); returns the job as it is then. */
  waitForEnd(id: string, deadline: number, signal?: AbortSignal): Promise<Job> {
    return this.#waits.forEnd(id, deadline, signal);
  }

  /** `advance` moves the reader's position: call it when the reply is on its way. */
  status(
    input: JobStatusInput,
    signal?: AbortSignal,
  ): Promise<{ reply: StatusReply; advance: () => void }> {
    return this.#output.status(input, signal);
  }

  /** One page of output, or what a search found in it, as text under a header line. */
  output(input: JobOutputInput, signal?: AbortSignal): Promise<string> {
    return this.#output.text(input, signal);
  }

  /** One page of raw output, for callers that pass bytes on. @throws JobError as readOutput */
  outputPage(id: string, request: OutputRequest): OutputPages {
    return readOutput(this.get(id), folderOf(this.#engine, id), request);
  }

  /** Raw output from `cursor` on, as it appears, to the job's end. */
  followOutput(id: string, cursor: Cursor, signal?: AbortSignal): AsyncGenerator<OutputChunk> {
    this.get(id);
    return followOutput(this.#engine, this.#shared, id, cursor, signal);
  }

  /** The same for a follower that asks for it, when `wake` was called. To be left. */
  follow(id: string, cursor: Cursor, wake: () => void): OutputFollower {
    this.get(id);
    return new OutputFollower(this.#engine, this.#shared, id, cursor, wake);
  }

  list(input: ListJobsInput): JobList {
    const { status_filter: status = null, limit = 50, page = 1 } = input;
    const { jobs, total } = this.#engine.store.list(status, limit, (page - 1) * limit);
    const now = Date.now();
    const seen = jobs.map((job) => (hasEnded(job) ? job : (this.#finisher.observe(job.id) ?? job)));
    return {
      jobs: seen.map((job) => jobSummary(job, now)),
      total,
      next_page: page * limit < total ? page + 1 : null,
    };
  }

  /** Ends a job and all its processes before it answers. Cancelling twice is the same as once. */
  async cancel(id: string, graceMs: number = DEFAULT_GRACE_MS): Promise<CancelReply> {
    const job = this.get(id);
    if (hasEnded(job)) return this.#cancelReply(job, [], `The job had already ended.`);
    const survivors = await this.#terminator.end(job, 'cancelled', graceMs);
    const after = this.get(id);
    const ended = hasEnded(after);
    const message = ended ? 'The job and its processes were ended.' : 'The job is being ended.';
    return this.#cancelReply(after, survivors, message);
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
  rerun(id: string, values: RerunValues, tool: string): Promise<Job> {
    const job = this.get(id);
    return this.run(rerunInput(job, folderOf(this.#engine, id), values), tool);
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
    const job = this.get(id);
    if (!job.request.interactive) {
      throw new JobError(
        'job_not_running',
        `Job ${id} was not started with interactive=true, so its standard input is closed. ` +
          'Start it again with interactive=true.',
      );
    }
    if (hasEnded(job)) {
      throw new JobError('job_not_running', `Job ${id} has ended (${statusOf(job.state)}).`);
    }
    const { root } = folderOf(this.#engine, id);
    const written = text === '' ? 0 : await writeInput(root, text, INPUT_TIMEOUT_MS);
    if (close) await closeInput(root);
    return written;
  }

  /** The one job whose id begins with `prefix`. @throws JobError unknown_job */
  findByPrefix(prefix: string): Job {
    return this.#lookup.byPrefix(prefix);
  }

  /** Ids that begin with `prefix`, newest first, for completion. */
  completeId(prefix: string): string[] {
    return this.#lookup.completions(prefix);
  }

  #cancelReply(job: Job, survivors: number[], message: string): CancelReply {
    return { job_id: job.id, status: statusOf(job.state), message, survivors };
  }

  #refuseFullDisk(): void {
    const floor = new DiskFloor(this.#engine);
    if (floor.hasRoom()) return;
    const { config, jobsDirectory } = this.#engine;
    throw new JobError(
      'storage',
      `Only ${floor.freeBytes()} bytes are free for ${jobsDirectory}, and min_free_disk_bytes is ` +
        `${config.min_free_disk_bytes}. Free some space, for example with py_prune_jobs.`,
    );
  }
}
