/**
 * The one door: MCP tools, HTTP routes and CLI commands call these methods and nothing behind them.
 * Everything it knows is in the home folder; any number of these may work on one home.
 */
import type { JobOutputInput, JobStatusInput, ListJobsInput, PruneJobsInput } from '../contract.ts';
import { decodeCursor, START, type Cursor } from '../core/cursor.ts';
import { isJobId, newJobId } from '../core/job-id.ts';
import { invalid, JobError, shown } from '../core/job-error.ts';
import { hasEnded, statusOf, type Job, type JobStatus } from '../core/job.ts';
import { createJobFolder, STREAMS, writeNewFile } from '../output/job-folder.ts';
import { closeInput, writeInput } from '../process/job-input.ts';
import { Caretaker } from './caretaker.ts';
import { DiskFloor } from './disk-floor.ts';
import { type Engine, folderOf } from './engine.ts';
import { Finisher } from './finisher.ts';
import { followOutput, hasNewOutput, type OutputChunk, type Shared } from './follow-output.ts';
import { Housekeeping } from './housekeeping.ts';
import { Inspection } from './inspection.ts';
import { jobSummary, jobView, runResult, type JobSummary, type JobView } from './job-view.ts';
import type { RunResult } from './job-view.ts';
import { importHistory } from './import-history.ts';
import { Launcher } from './launcher.ts';
import { PatternSearch, type Match } from './pattern-search.ts';
import { pruneJobs, removeJob, type PruneReply } from './prune.ts';
import { DEFAULT_PAGE_BYTES, readOutput, renderOutput } from './read-output.ts';
import type { OutputPages, OutputRequest } from './read-output.ts';
import { lastLine, type Progress } from './read-progress.ts';
import {
  type PartialOutput,
  readFullStatus,
  readNewOutput,
  readPartialOutput,
  type StatusReply,
} from './read-status.ts';
import { ReaderPositions } from './reader-positions.ts';
import { rerunInput, type RerunValues } from './rerun.ts';
import { checkRun, type RunInput } from './run-request.ts';
import { SharedLooks } from './shared-looks.ts';
import { SharedPages } from './shared-pages.ts';
import {
  DEFAULT_CONTEXT_LINES,
  DEFAULT_SEARCH_MS,
  refuseWithSearch,
  searchJobOutput,
} from './search-job-output.ts';
import { Snapshot } from './snapshot.ts';
import { DEFAULT_GRACE_MS, Terminator } from './terminator.ts';
import { ToldEnds } from './told-ends.ts';
import { waitForEvent, waitUntil } from './waiting.ts';

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
  readonly #positions: ReaderPositions;
  readonly #shared: Shared;
  readonly #snapshot: Snapshot;

  constructor(engine: Engine) {
    this.#engine = engine;
    this.#finisher = new Finisher(engine);
    this.#shared = { looks: new SharedLooks(engine, this.#finisher), pages: new SharedPages() };
    this.inspect = new Inspection(engine, this.#finisher, (id) => this.get(id));
    this.#launcher = new Launcher(engine, this.#finisher);
    this.#terminator = new Terminator(engine, this.#finisher, this.#launcher);
    this.#caretaker = new Caretaker(engine, this.#finisher, this.#launcher, this.#terminator);
    this.#housekeeping = new Housekeeping(engine);
    this.#positions = new ReaderPositions(engine.store);
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
    this.#positions.settleAll();
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
    return this.#known(id);
  }

  /** The job as it is now. @throws JobError unknown_job */
  get(id: string): Job {
    const job = isJobId(id) ? this.#finisher.observe(id) : null;
    return job ?? this.#unknown(id);
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
  async waitForEnd(id: string, deadline: number, signal?: AbortSignal): Promise<Job> {
    const job = this.get(id);
    if (hasEnded(job)) return job;
    if (this.#launcher.isOurs(id)) {
      await waitForEvent(this.#engine, id, deadline, signal);
      return this.get(id);
    }
    const seen = await waitUntil(this.#engine, this.#finisher, id, hasEnded, deadline, signal);
    return seen ?? this.#unknown(id);
  }

  /** `advance` moves the reader's position: call it when the reply is on its way. */
  async status(
    input: JobStatusInput,
    signal?: AbortSignal,
  ): Promise<{ reply: StatusReply; advance: () => void }> {
    const { job_id: id, reader = '', incremental = false, wait_seconds: wait = 0 } = input;
    this.get(id);
    const position = this.#positions.get(id, reader);
    if (wait > 0) await this.#waitForOutput(id, position, wait, signal);
    const job = this.get(id);
    const read = incremental ? readNewOutput : readFullStatus;
    const { reply, position: next } = read(this.#engine, job, position);
    return { reply, advance: () => this.#positions.advance(id, reader, next) };
  }

  /** One page of output as text under a header line. */
  async output(input: JobOutputInput, signal?: AbortSignal): Promise<string> {
    const { job_id: id, stream = 'both', raw = false, tail = false } = input;
    const folder = folderOf(this.#engine, this.get(id).id);
    const cursor = input.cursor === undefined ? START : decodeCursor(input.cursor);
    const maxBytes = input.max_bytes ?? DEFAULT_PAGE_BYTES;
    const request = { cursor, stream, maxBytes, tail, raw };
    if (input.search !== undefined) return this.#search(input, request);
    readOutput(this.get(id), folder, request); // a wrong cursor is told before any waiting
    const notes = await this.#waitAsAsked(id, input, cursor, signal);
    const job = this.get(id);
    return renderOutput(job, readOutput(job, folder, request), raw, notes);
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
    if (isJobId(prefix)) return this.get(prefix);
    const ids = /^[0-9a-z]+$/.test(prefix) ? this.#engine.store.idsStartingWith(prefix, 2) : [];
    if (ids.length === 1) return this.get(ids[0] as string);
    if (ids.length === 0) return this.#unknown(prefix);
    throw invalid('job_id', `${shown(prefix)} fits several jobs.`, 'Give more of the id.');
  }

  /** Ids that begin with `prefix`, newest first, for completion. */
  completeId(prefix: string): string[] {
    return this.#engine.store.idsStartingWith(prefix, 100);
  }

  #search(input: JobOutputInput, request: OutputRequest): Promise<string> {
    const { job_id: id, search: pattern = '', wait_seconds: seconds } = input;
    refuseWithSearch(input);
    return searchJobOutput(this.get(id), folderOf(this.#engine, id), {
      ...request,
      pattern,
      contextLines: input.context_lines ?? DEFAULT_CONTEXT_LINES,
      timeMs: seconds ? seconds * 1000 : DEFAULT_SEARCH_MS,
    });
  }

  async #waitForOutput(
    id: string,
    from: Cursor,
    seconds: number,
    signal?: AbortSignal,
  ): Promise<void> {
    const folder = folderOf(this.#engine, id);
    const before = this.get(id).state.name;
    const changed = (job: Job): boolean =>
      hasEnded(job) || job.state.name !== before || hasNewOutput(job, folder, from);
    const deadline = Date.now() + seconds * 1000;
    await waitUntil(this.#engine, this.#finisher, id, changed, deadline, signal);
  }

  /** Returns what the wait came to, as notes for the header. */
  async #waitAsAsked(
    id: string,
    input: JobOutputInput,
    from: Cursor,
    signal?: AbortSignal,
  ): Promise<string[]> {
    const { until = 'output', wait_seconds: seconds = 0, stream = 'both' } = input;
    const deadline = Date.now() + seconds * 1000;
    if (until === 'output') {
      if (seconds > 0) await this.#waitForOutput(id, from, seconds, signal);
      return [];
    }
    if (until === 'exit') {
      await this.waitForEnd(id, deadline, signal);
      return [];
    }
    const folder = folderOf(this.#engine, id);
    const streams = stream === 'both' ? STREAMS : [stream];
    const search = new PatternSearch(until, folder, streams, from);
    let match: Match | null = null;
    const matched = async (job: Job): Promise<boolean> => {
      match = await search.search();
      return match !== null || hasEnded(job);
    };
    await waitUntil(this.#engine, this.#finisher, id, matched, deadline, signal);
    return [describeMatch(until, match)];
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

  #known(id: string): Job {
    return this.#engine.store.find(id) ?? this.#unknown(id);
  }

  #unknown(id: string): never {
    const newest = this.#engine.store.idsStartingWith('', 3);
    const remedy =
      newest.length > 0 ? `The newest jobs are ${newest.join(', ')}.` : 'There are no jobs yet.';
    throw new JobError('unknown_job', `There is no job ${shown(id)}. ${remedy}`);
  }
}

function describeMatch(pattern: string, match: Match | null): string {
  if (!match) return `no match for ${shown(pattern)}`;
  return `${shown(pattern)} matched at ${match.stream} byte ${match.offset}`;
}
