/** Output of jobs as replies carry it: status with what is new, pages of text, searches. */
import type { JobOutputInput, SendInputInput, StatusInput } from '../../contract/inputs.ts';
import type { AnswerReply } from '../../contract/replies/control.ts';
import type { JobsReply, StatusReply } from '../../contract/replies/status.ts';
import { decodeCursor, encodeCursor, START, type Cursor } from '../../core/cursor.ts';
import { hasEnded, type Job } from '../../core/job.ts';
import { STREAMS } from '../../output/files/job-folder.ts';
import { type Engine, folderOf } from '../context/job-context.ts';
import { outputSizes, withOpened } from '../../output/files/output-file.ts';
import type { JobLookup } from '../run/job-lookup.ts';
import { sendInput } from '../run/send-input.ts';
import { awaitedInput, awaitsInput } from '../views/awaited-input.ts';
import { answerReply, jobRow } from './short-replies.ts';
import { environmentPage } from './environment-page.ts';
import type { JobWaits, Wanted, WaitResult } from './waits.ts';
import {
  DEFAULT_PAGE_BYTES,
  readOutput,
  renderOutput,
  streamsOf,
  type OutputPages,
  type OutputRequest,
} from './text-page.ts';
import { readFullStatus, readNewOutput } from './read-status.ts';
import { ReaderPositions } from './reader-positions.ts';
import {
  DEFAULT_CONTEXT_LINES,
  DEFAULT_SEARCH_MS,
  refuseWithSearch,
  searchJobOutput,
} from './text-search.ts';

/** The call that is answered. */
export interface Caller {
  /** Raised when nobody waits for the reply any more. */
  signal: AbortSignal;
  /** Resolves when it is known whether the reply has left. */
  delivered: Promise<boolean>;
}

export interface StatusForReader {
  reply: StatusReply;
  /** As it was when the reply was made. */
  job: Job;
  /** Moves the reader behind what the reply shows: to be called when that has been delivered. */
  advance: () => void;
}

export interface AnswerForReader {
  reply: AnswerReply;
  advance: () => void;
}

/** How long a script may take until it has answered what it was sent. */
const ANSWER_SECONDS = 5;

function isLook({ until = 'exit', wait_seconds: seconds = 0 }: Waiting): boolean {
  return seconds === 0 && (until === 'exit' || until === 'output');
}

export class JobOutput {
  readonly #engine: Engine;
  readonly #lookup: JobLookup;
  readonly #waits: JobWaits;
  readonly #positions: ReaderPositions;

  constructor(engine: Engine, lookup: JobLookup, waits: JobWaits) {
    this.#engine = engine;
    this.#lookup = lookup;
    this.#waits = waits;
    this.#positions = new ReaderPositions(engine.store, engine.log);
  }

  async status(input: StatusInput, { signal, delivered }: Caller): Promise<StatusForReader> {
    const { job_id: id, reader = '', incremental = false } = input;
    // A mere look needs no place to wait from: the row is read once.
    const from = isLook(input) ? START : this.#positions.get(id, reader);
    const { match, note } = await this.#wait(input, { from, streams: STREAMS }, signal);
    await this.#positions.takeTurn(id, reader, delivered);
    const job = await this.#waits.whole(this.#lookup.get(id));
    const position = this.#positions.get(id, reader);
    const read = incremental ? readNewOutput : readFullStatus;
    const { reply, position: next } = withOpened(folderOf(this.#engine, id), (output) =>
      read(this.#engine, job, output, position, input.max_bytes),
    );
    if (note !== null) reply.job.until = withLine(note, match, JSON.stringify(reply.job));
    const isFurther = next.stdout > position.stdout || next.stderr > position.stderr;
    const advance = (): void => this.#positions.advance(id, reader, next);
    return { reply, job, advance: isFurther ? advance : () => {} };
  }

  /** Waits as a status does; what a pattern came to. Nobody's position moves. */
  async waitFor(input: Waiting & { from?: string | undefined }, signal: AbortSignal) {
    const from = input.from === undefined ? START : decodeCursor(input.from);
    const { match, note } = await this.#wait(input, { from, streams: STREAMS }, signal);
    return note === null ? null : withLine(note, match, '');
  }

  /** Several jobs, each in a row; `isAny`: the first end is waited for. */
  async rows(
    ids: string[],
    isAny: boolean,
    seconds: number,
    signal: AbortSignal,
  ): Promise<JobsReply> {
    for (const id of ids) this.#lookup.get(id);
    await this.#waits.forJobs(ids, isAny, Date.now() + seconds * 1000, signal);
    return { jobs: ids.map((id) => jobRow(this.#engine, this.#lookup.get(id))) };
  }

  async text(input: JobOutputInput, signal?: AbortSignal): Promise<string> {
    const { job_id: id, stream = 'both', raw = false, tail = false } = input;
    if (stream === 'environment') return environmentPage(this.#engine, this.#lookup.get(id), input);
    const cursor = input.cursor === undefined ? START : decodeCursor(input.cursor);
    const maxBytes = input.max_bytes ?? DEFAULT_PAGE_BYTES;
    const request = { cursor, stream, maxBytes, tail, raw };
    if (input.search !== undefined) return this.#search(input, request);
    // A wrong cursor is told before the wait.
    if (!isLook(input)) this.#read(id, request);
    const wanted = { from: cursor, streams: streamsOf(request) };
    const { match, note } = await this.#wait(input, wanted, signal);
    const notes = note === null ? [] : [note];
    const page = this.#page(id, request, notes);
    if (match === null || page.includes(match.line)) return page;
    // The page from the cursor on ends before the match, or that of the end begins behind it.
    const from = { ...cursor, [match.stream]: match.offset };
    notes.push(`begins there, cursor ${encodeCursor(cursor)} before it`);
    return this.#page(id, { ...request, stream: match.stream, tail: false, cursor: from }, notes);
  }

  /** Writes to the script and reads what comes back: one turn of a dialogue. */
  async answer(input: SendInputInput, caller: Caller, reader: string): Promise<AnswerForReader> {
    const { job_id: id, text, close = false, wait_seconds = ANSWER_SECONDS } = input;
    const from = this.#endOf(id);
    const written = await sendInput(this.#engine, this.#lookup.get(id), text, close);
    await this.#wait({ ...input, wait_seconds }, { from, streams: STREAMS }, caller.signal);
    const status = { job_id: id, incremental: true, reader };
    const { reply, advance } = await this.status(status, caller);
    const asked = awaitedInput(this.#engine, this.#lookup.get(id), from);
    return { reply: answerReply(written, reply, asked), advance };
  }

  /** The reader has been shown everything up to there. */
  advance(jobId: string, reader: string, to: Cursor): void {
    this.#positions.advance(jobId, reader, to);
  }

  /** Stores read positions that could not be stored before; for an orderly shutdown. */
  settle(): void {
    this.#positions.saveAll();
  }

  #page(id: string, request: OutputRequest, notes: string[]): string {
    const { job, page } = this.#read(id, request);
    const asks = awaitsInput(this.#engine, job) ? ['waits for input'] : [];
    return renderOutput(job, page, request.raw, [...notes, ...asks]);
  }

  #read(id: string, request: OutputRequest): { job: Job; page: OutputPages } {
    const job = this.#lookup.get(id);
    const ended = hasEnded(job);
    const folder = folderOf(this.#engine, id);
    return { job, page: withOpened(folder, (output) => readOutput(ended, output, request)) };
  }

  async #wait(
    { job_id: id, until = 'exit', wait_seconds: seconds = 0 }: Waiting,
    wanted: Pick<Wanted, 'from' | 'streams'>,
    signal?: AbortSignal,
  ): Promise<WaitResult> {
    return this.#waits.forWanted(id, { ...wanted, until, seconds }, signal);
  }

  #endOf(id: string): Cursor {
    return outputSizes(folderOf(this.#engine, this.#lookup.get(id).id));
  }

  #search(input: JobOutputInput, request: OutputRequest): Promise<string> {
    const { job_id: id, search: pattern = '', wait_seconds: seconds } = input;
    refuseWithSearch(input);
    return searchJobOutput(this.#lookup.get(id), folderOf(this.#engine, id), {
      ...request,
      pattern,
      contextLines: input.context_lines ?? DEFAULT_CONTEXT_LINES,
      timeMs: seconds ? seconds * 1000 : DEFAULT_SEARCH_MS,
    });
  }
}

type Waiting = Pick<JobOutputInput, 'job_id' | 'until' | 'wait_seconds'>;

/** The line that matched, unless the reply shows it anyway. */
function withLine(note: string, match: WaitResult['match'], shown: string): string {
  if (match === null) return note;
  const line = JSON.stringify(match.line);
  return shown.includes(line.slice(1, -1)) ? note : `${note}: ${line}`;
}
