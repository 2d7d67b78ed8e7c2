/** Output of jobs as replies carry it: status with what is new, pages of text, searches. */
import type { JobOutputInput, JobStatusInput } from '../../contract/inputs.ts';
import type { StatusReply } from '../../contract/replies/status.ts';
import { decodeCursor, START } from '../../core/cursor.ts';
import { type Engine, folderOf } from '../context/job-context.ts';
import { withOpened } from '../../output/files/output-file.ts';
import type { JobLookup } from '../run/job-lookup.ts';
import type { JobWaits } from './waits.ts';
import { DEFAULT_PAGE_BYTES, readOutput, renderOutput, type OutputRequest } from './text-page.ts';
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
  /** Moves the reader behind what the reply shows: to be called when that has been delivered. */
  advance: () => void;
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

  async status(input: JobStatusInput, { signal, delivered }: Caller): Promise<StatusForReader> {
    const { job_id: id, reader = '', incremental = false, wait_seconds: wait = 0 } = input;
    let job = this.#lookup.get(id);
    if (wait > 0) {
      await this.#waits.forOutput(id, this.#positions.get(id, reader), wait, signal);
      job = this.#lookup.get(id);
    }
    job = await this.#waits.whole(job);
    await this.#positions.takeTurn(id, reader, delivered);
    const position = this.#positions.get(id, reader);
    const read = incremental ? readNewOutput : readFullStatus;
    const { reply, position: next } = withOpened(folderOf(this.#engine, id), (output) =>
      read(this.#engine, job, output, position),
    );
    const isFurther = next.stdout > position.stdout || next.stderr > position.stderr;
    const advance = (): void => this.#positions.advance(id, reader, next);
    return { reply, advance: isFurther ? advance : () => {} };
  }

  async text(input: JobOutputInput, signal?: AbortSignal): Promise<string> {
    const { job_id: id, stream = 'both', raw = false, tail = false } = input;
    let job = this.#lookup.get(id);
    const folder = folderOf(this.#engine, id);
    const cursor = input.cursor === undefined ? START : decodeCursor(input.cursor);
    const maxBytes = input.max_bytes ?? DEFAULT_PAGE_BYTES;
    const request = { cursor, stream, maxBytes, tail, raw };
    if (input.search !== undefined) return this.#search(input, request);
    let notes: string[] = [];
    if (input.wait_seconds || input.until !== undefined) {
      readOutput(job, folder, request); // a wrong cursor is told before any waiting
      notes = await this.#waits.asAsked(input, cursor, signal);
      job = this.#lookup.get(id);
    }
    const page = withOpened(folder, (output) => readOutput(job, output, request));
    return renderOutput(job, page, raw, notes);
  }

  /** Stores read positions that could not be stored before; for an orderly shutdown. */
  settle(): void {
    this.#positions.saveAll();
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
