/** What of the door has to do with output: status with what is new, pages, searches, followers. */
import { existsSync } from 'node:fs';
import type { JobOutputInput, SendInputInput, StatusInput } from '../contract/inputs.ts';
import type { PartialOutput } from '../contract/replies/run-result.ts';
import type { JobsReply } from '../contract/replies/status.ts';
import type { Cursor } from '../core/cursor.ts';
import { JobError } from '../core/job-error.ts';
import { hasEnded, type Job } from '../core/job.ts';
import { withOpened } from '../output/files/output-file.ts';
import { patiently } from '../store/patience.ts';
import { type Engine, folderOf } from './context/job-context.ts';
import { followOutput, OutputFollower } from './read/follow-output.ts';
import type { FollowOptions, OutputChunk } from './read/follow-output.ts';
import type { AnswerForReader, Caller, JobOutput, StatusForReader } from './read/read-job.ts';
import { readPartialOutput } from './read/read-status.ts';
import { readOutput, type OutputPages, type OutputRequest } from './read/text-page.ts';
import type { JobLookup } from './run/job-lookup.ts';
import type { Sessions } from './sessions/sessions.ts';
import { stackOf } from './views/stack.ts';
import type { JobWatcher } from './watch/job-watcher.ts';
import { tellOfJob } from './watch/tell-of-job.ts';

export class JobReading {
  readonly #engine: Engine;
  readonly #lookup: JobLookup;
  readonly #output: JobOutput;
  readonly #watcher: JobWatcher;
  readonly #sessionOf: Sessions['viewOf'];

  constructor(
    engine: Engine,
    lookup: JobLookup,
    output: JobOutput,
    watcher: JobWatcher,
    sessionOf: Sessions['viewOf'],
  ) {
    this.#engine = engine;
    this.#lookup = lookup;
    this.#output = output;
    this.#watcher = watcher;
    this.#sessionOf = sessionOf;
  }

  async status(input: StatusInput, caller: Caller): Promise<StatusForReader> {
    const status = await this.#output.status(input, caller);
    const session = this.#sessionOf(status.job, !input.incremental);
    if (session) status.reply.job.session = session;
    if (input.stack) status.reply.job.stack = await this.#stackOrWhyNot(status.job);
    return status;
  }

  /** A job that has ended meanwhile is no error here. */
  async #stackOrWhyNot(job: Job): Promise<string> {
    try {
      return await stackOf(this.#engine, job);
    } catch (error) {
      if (error instanceof JobError) return error.message;
      throw error;
    }
  }

  /** Waits for what `until` names; resolves with what a pattern came to. @throws JobError invalid_request */
  waitFor(
    input: Pick<StatusInput, 'job_id' | 'until' | 'wait_seconds'> & { from?: string | undefined },
    signal: AbortSignal,
  ): Promise<string | null> {
    this.#lookup.get(input.job_id);
    return this.#output.waitFor(input, signal);
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
  async output(input: JobOutputInput, signal?: AbortSignal): Promise<string> {
    try {
      return await this.#output.text(input, signal);
    } catch (error) {
      const { root } = folderOf(this.#engine, input.job_id);
      if (!existsSync(root)) this.#lookup.refuse(input.job_id); // it was removed meanwhile
      throw error;
    }
  }

  /** One page of raw output, for callers that pass bytes on. @throws JobError as readOutput */
  outputPage(id: string, request: OutputRequest): OutputPages {
    const job = this.#lookup.get(id);
    return withOpened(folderOf(this.#engine, id), (output) =>
      readOutput(hasEnded(job), output, request),
    );
  }

  /** Everything printed so far as bounded text, and the cursor after it. */
  partialOutput(id: string): PartialOutput {
    const job = this.#lookup.get(id);
    const folder = folderOf(this.#engine, id);
    return readPartialOutput(job, folder).partial;
  }

  /** What a run that is moved to the background has shown, which its reader has had then. */
  handOver(id: string, reader: string): { shown: PartialOutput; advance: () => void } {
    this.#markMoved(id);
    const read = readPartialOutput(this.#lookup.get(id), folderOf(this.#engine, id));
    return { shown: read.partial, advance: () => this.#output.advance(id, reader, read.position) };
  }

  /** A synchronous run became a background job: from now on its status shows partial output. */
  #markMoved(id: string): void {
    const { store, log } = this.#engine;
    patiently(() => store.markStreaming(id)).catch((error: unknown) => {
      log.warn('a run is not marked as moved', { job: id, error: String(error) });
    });
  }

  /** Raw output from `cursor` on, as it appears, to the job's end. */
  followOutput(id: string, cursor: Cursor, how?: FollowOptions): AsyncGenerator<OutputChunk> {
    this.#lookup.get(id);
    return followOutput(this.#engine, this.#watcher, id, cursor, how);
  }

  /** The same for a follower that asks for it, when `wake` was called. To be left. */
  follow(id: string, cursor: Cursor, wake: () => void): OutputFollower {
    this.#lookup.get(id);
    return new OutputFollower(this.#engine, this.#watcher, id, cursor, wake);
  }

  /** Tells of changes, once in `pauseMs` at most, until the job has ended or the result is called. */
  watch(id: string, pauseMs: number, tell: () => void, onEnd: () => void): () => void {
    this.#lookup.get(id);
    return tellOfJob(this.#watcher, id, pauseMs, tell, onEnd);
  }
}
