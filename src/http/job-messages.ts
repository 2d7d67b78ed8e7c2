/**
 * What a follower of one job is told, in order: output as it appears, state when it changes, the
 * end. One generator for server-sent events and WebSockets. Pulled, never pushed: while a slow
 * reader takes one message the next is still in the file.
 */
import { setImmediate as nextTurn } from 'node:timers/promises';
import { type Cursor, encodeCursor } from '../core/cursor.ts';
import { JobError } from '../core/job-error.ts';
import { hasEnded } from '../core/job.ts';
import type { JobItem } from '../jobs/job-view.ts';
import type { OutputChunk } from '../jobs/follow-output.ts';
import type { JobService } from '../jobs/job-service.ts';
import type { JobView } from '../jobs/job-view.ts';
import { contentOf } from './content.ts';
import { NextOrIdle } from './next-or-idle.ts';

export type JobMessage =
  | { type: 'output'; cursor: string; chunk: OutputChunk }
  | { type: 'state'; job: JobItem }
  | { type: 'end'; job: JobView }
  | { type: 'removed' }
  /** Nothing happened for a while: a sign of life is due. */
  | { type: 'idle' };

const STATE_EVERY_MS = 500;
const HEARTBEAT_MS = 15_000;

/** @param heartbeatMs shorter only in tests */
export async function* jobMessages(
  jobs: JobService,
  id: string,
  from: Cursor,
  signal: AbortSignal,
  heartbeatMs: number = HEARTBEAT_MS,
): AsyncGenerator<JobMessage> {
  const state = new StateChanges(jobs, id);
  const output = new NextOrIdle(jobs.followOutput(id, from, signal));
  let spokeAt = performance.now();
  const first = state.ifChanged();
  if (first) yield first;
  while (!signal.aborted) {
    const next = await output.next(STATE_EVERY_MS);
    if (next !== 'idle' && next.done) break;
    if (next !== 'idle') {
      yield { type: 'output', cursor: encodeCursor(next.value.cursor), chunk: next.value };
      await nextTurn(); // a connection that takes all at once must not keep the others waiting
    }
    const changed = state.ifChanged();
    if (changed) yield changed;
    if (next !== 'idle' || changed) spokeAt = performance.now();
    else if (performance.now() - spokeAt >= heartbeatMs) {
      yield { type: 'idle' };
      spokeAt = performance.now();
    }
  }
  if (!signal.aborted) yield lastMessage(jobs, id);
}

/** The state as a message when it is another than the last one told, and not too soon after it. */
class StateChanges {
  readonly #jobs: JobService;
  readonly #id: string;
  #told = '';
  #toldAt = -Infinity;

  constructor(jobs: JobService, id: string) {
    this.#jobs = jobs;
    this.#id = id;
  }

  ifChanged(): JobMessage | null {
    if (performance.now() - this.#toldAt < STATE_EVERY_MS - 1) return null;
    const job = existing(() => this.#jobs.inspect.item(this.#id));
    if (!job) return null;
    this.#toldAt = performance.now();
    const text = JSON.stringify({ ...job, elapsed_seconds: 0 });
    if (text === this.#told) return null;
    this.#told = text;
    return { type: 'state', job };
  }
}

/** A chunk as readers get it. */
export function outputFields({ stream, bytes, cursor }: OutputChunk): object {
  const next = cursor[stream];
  return { stream, from: next - bytes.length, next, ...contentOf(bytes) };
}

function lastMessage(jobs: JobService, id: string): JobMessage {
  const job = existing(() => jobs.get(id));
  return job && hasEnded(job) ? { type: 'end', job: jobs.view(id) } : { type: 'removed' };
}

/** Null for a job that was removed meanwhile. */
function existing<T>(look: () => T): T | null {
  try {
    return look();
  } catch (error) {
    if (error instanceof JobError && error.code === 'unknown_job') return null;
    throw error;
  }
}
