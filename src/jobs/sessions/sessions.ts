/** Sessions and their cells, as every adapter uses them. */
import type { JobOutputInput, SessionRunInput } from '../../contract/inputs.ts';
import type { CellReply } from '../../contract/replies/cell.ts';
import type { CancelReply } from '../../contract/replies/control.ts';
import type { ArtifactEntry } from '../../contract/replies/run-result.ts';
import type {
  CellsReply,
  CellView,
  SessionItem,
  SessionView,
} from '../../contract/replies/session.ts';
import { describeClient } from '../../core/client.ts';
import { invalid, shown } from '../../core/job-error.ts';
import { hasEnded, type Job, statusOf } from '../../core/job.ts';
import { executorOf } from '../../executors/executor-of.ts';
import type { JobFolder, Stream } from '../../output/files/job-folder.ts';
import type { Origin } from '../accept/accept-run.ts';
import { plainClient } from '../accept/client-name.ts';
import { type Engine, folderOf, placedOf } from '../context/job-context.ts';
import type { JobWatcher } from '../watch/job-watcher.ts';
import { cellPage, cellText, refuseWithCell } from './cell-output.ts';
import { cellReply } from './cell-reply.ts';
import { asNotebook, asScript } from './export.ts';
import { isDone, lookAtCell } from './cell-status.ts';
import { cellView, listCells } from './list-cells.ts';
import { openSession, type OpenParts } from './open-session.ts';
import { acceptCell, newestCell, readNames, readRequest, wantStop } from './session-files.ts';
import { sessionView, wholeSessionView } from './session-view.ts';
import { untilCell, watchCells } from './wait-for-cell.ts';

const DEFAULT_WAIT_S = 20;
/** A signal may come while nothing heeds it. */
const AGAIN_MS = 200;
const STOP_WITHIN_MS = 2_000;

export interface BriefStatus {
  name: string;
  isDone: boolean;
  /** Since when it waits for input. */
  asksSince: number | null;
}

export interface CellOutput {
  text: string;
  artifacts: ArtifactEntry[];
}

export class Sessions {
  readonly #parts: OpenParts;
  readonly #engine: Engine;
  readonly #watcher: JobWatcher;

  constructor(parts: OpenParts, watcher: JobWatcher) {
    this.#parts = parts;
    this.#engine = parts.engine;
    this.#watcher = watcher;
  }

  /** Those that live, by name. */
  list(): SessionItem[] {
    const { engine, lookup } = this.#parts;
    return engine.sessions.alive().flatMap(({ id }) => {
      const job = lookup.get(id);
      if (hasEnded(job)) return [];
      return [{ job_id: id, ...wholeSessionView(job, folderOf(engine, id)) }];
    });
  }

  /** Runs a cell, or waits for one that was accepted before. */
  async run(input: SessionRunInput, origin: Origin, signal?: AbortSignal): Promise<CellReply> {
    const { job, cell } = await this.accept(input, origin);
    return this.waitFor(job.id, cell, input.wait_seconds ?? DEFAULT_WAIT_S, signal);
  }

  /** When this returns, the cell is durable and will run once. */
  async accept(input: SessionRunInput, origin: Origin): Promise<{ job: Job; cell: number }> {
    if (input.code === undefined && !input.restart) return this.#earlier(input);
    if (input.cell !== undefined) {
      throw invalid('cell', 'it cannot be given together with code.', 'Leave one of them out.');
    }
    const job = await openSession(this.#parts, input, origin);
    return { job, cell: this.#accept(job, input, origin) };
  }

  /** A cell for the session that this job is. @throws JobError invalid_request */
  acceptIn(id: string, code: string, timeoutSeconds: number | undefined, origin: Origin): number {
    const job = this.#session(id);
    if (hasEnded(job)) {
      throw invalid('job_id', `session ${shown(job.id)} has ended.`, 'Begin a new one.');
    }
    return this.#accept(job, { code, timeout_seconds: timeoutSeconds }, origin);
  }

  /** Up to `seconds`; what it is by then. */
  async waitFor(
    id: string,
    cell: number,
    seconds: number,
    signal?: AbortSignal,
  ): Promise<CellReply> {
    const folder = this.#folderWith(id, cell);
    const answers = (job: Job): boolean => {
      const sighting = lookAtCell(job, folder, cell);
      return isDone(sighting) || sighting.status === 'waiting_for_input';
    };
    const deadline = Date.now() + seconds * 1000;
    await untilCell(this.#watcher, id, folder, answers, deadline, signal);
    return cellReply(this.#session(id), folder, cell);
  }

  /** With what was asked. */
  cell(id: string, cell: number): CellView {
    return cellView(this.#session(id), this.#folderWith(id, cell), cell) ?? this.#refuse(id, cell);
  }

  /** From a number on, or else the newest ones. */
  cells(id: string, from: number | undefined, limit: number): CellsReply {
    const job = this.#session(id);
    return listCells(job, folderOf(this.#engine, job.id), from, limit);
  }

  /** The one of a name that lives, or ended last. */
  idOf(name: string): string | null {
    return this.#engine.sessions.newest(name)?.id ?? null;
  }

  /** What it knows by name, modules too. */
  names(id: string): string[] {
    return readNames(folderOf(this.#engine, id));
  }

  notebook(id: string): string {
    return asNotebook(this.#session(id), folderOf(this.#engine, id));
  }

  /** Python code. */
  script(id: string): string {
    return asScript(this.#session(id), folderOf(this.#engine, id));
  }

  /** Null when there is no such cell. */
  statusOf(id: string, cell: number): BriefStatus | null {
    const job = this.#session(id);
    const folder = folderOf(this.#engine, id);
    if (!readRequest(folder, cell)) return null;
    const sighting = lookAtCell(job, folder, cell);
    const asksSince = sighting.status === 'waiting_for_input' ? (sighting.since ?? 0) : null;
    return { name: sighting.status, isDone: isDone(sighting), asksSince };
  }

  /** Tells that something may have become of its cells. To be left. */
  watch(id: string, wake: () => void): () => void {
    return watchCells(folderOf(this.#engine, id), wake);
  }

  /** Raw bytes of one cell's output, by offsets of the whole stream. */
  page(id: string, cell: number, stream: Stream, from: number | undefined, maxBytes: number) {
    const folder = this.#folderWith(id, cell);
    return cellPage(this.#session(id), folder, cell, { stream, from, maxBytes });
  }

  /** What it printed, page by page, its value and the names of what it left. */
  async output(
    input: JobOutputInput & { cell: number },
    signal?: AbortSignal,
  ): Promise<CellOutput> {
    const { job_id: id, cell, wait_seconds: seconds = 0 } = input;
    refuseWithCell(input);
    const { artifacts = [] } = await this.waitFor(id, cell, seconds, signal);
    const text = cellText(this.#session(id), this.#folderWith(id, cell), cell, input);
    return { text, artifacts };
  }

  /** In few words; with what it holds and its newest cells when it is to be `whole`. Null for other jobs. */
  viewOf(job: Job, whole: boolean): SessionView | null {
    if (!job.request.session) return null;
    const folder = folderOf(this.#engine, job.id);
    return whole ? wholeSessionView(job, folder) : sessionView(job, folder);
  }

  /** The same, in few words, of a job that has not been looked at. @throws JobError unknown_job */
  view(id: string): SessionView | null {
    return this.viewOf(this.#parts.lookup.get(id), false);
  }

  /** Stops exactly this cell; one that waits for its turn never runs. */
  async stop(id: string, cell: number): Promise<CancelReply> {
    const folder = this.#folderWith(id, cell);
    const before = lookAtCell(this.#session(id), folder, cell);
    if (!isDone(before)) {
      wantStop(folder, cell);
      await this.#interrupt(id, folder, cell);
    }
    const job = this.#session(id);
    const { status } = lookAtCell(job, folder, cell);
    const message = stopMessage(cell, status, isDone(before));
    return { job_id: id, status: statusOf(job.state), message, survivors: [] };
  }

  async #interrupt(id: string, folder: JobFolder, cell: number): Promise<void> {
    const until = Date.now() + STOP_WITHIN_MS;
    const isOver = (job: Job): boolean => isDone(lookAtCell(job, folder, cell));
    for (let job = this.#session(id); !isOver(job) && Date.now() < until; job = this.#session(id)) {
      if (lookAtCell(job, folder, cell).status === 'queued') return;
      executorOf(this.#engine.executors, job.request).interrupt(placedOf(this.#engine, job));
      await untilCell(this.#watcher, id, folder, isOver, Date.now() + AGAIN_MS);
    }
  }

  #accept(
    job: Job,
    { code = '', timeout_seconds: limit }: Pick<SessionRunInput, 'code' | 'timeout_seconds'>,
    { client }: Origin,
  ): number {
    return acceptCell(folderOf(this.#engine, job.id), {
      code,
      client: describeClient(plainClient(client)),
      accepted: Date.now(),
      ...(limit ? { timeout_seconds: limit } : {}),
    });
  }

  #earlier({ session, cell }: SessionRunInput): { job: Job; cell: number } {
    const stored = this.#engine.sessions.newest(session);
    const newest = stored ? newestCell(folderOf(this.#engine, stored.id)) : 0;
    if (!stored || newest === 0) {
      throw invalid('code', `session ${shown(session)} has no cells yet.`, 'Pass code to run.');
    }
    return { job: this.#session(stored.id), cell: cell ?? newest };
  }

  #folderWith(id: string, cell: number): JobFolder {
    const folder = folderOf(this.#engine, this.#session(id).id);
    if (readRequest(folder, cell)) return folder;
    return this.#refuse(id, cell);
  }

  #refuse(id: string, cell: number): never {
    const newest = newestCell(folderOf(this.#engine, id));
    throw invalid('cell', `there is no cell ${cell}.`, `The newest is ${newest}.`);
  }

  #session(id: string): Job {
    const job = this.#parts.lookup.get(id);
    if (job.request.session) return job;
    throw invalid('job_id', `job ${id} is no session.`, 'Only sessions have cells.');
  }
}

function stopMessage(cell: number, status: string, wasDone: boolean): string {
  if (wasDone) return `Cell ${cell} had already ended (${status}).`;
  if (status === 'queued') return `Cell ${cell} will not run.`;
  if (status !== 'running' && status !== 'waiting_for_input') {
    return `Cell ${cell} has ended (${status}); the session goes on.`;
  }
  return `Cell ${cell} has not stopped yet: it does at its next Python instruction. Without cell, the whole session is ended.`;
}
