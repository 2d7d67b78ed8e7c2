/**
 * From what an executor sees of a job to its final state. Whoever is told first (child exit, file
 * event, poll, next start) has it recorded; one guarded update decides who does. Who only looks is
 * shown the end that the evidence proves, recorded or not.
 */
import { existsSync } from 'node:fs';
import {
  type EndedState,
  type Ending,
  finalStatusOf,
  hasEnded,
  type Job,
  type JobRequest,
  type Launch,
  NOBODY,
  type Outcome,
  type Said,
  type Usage,
} from '../../core/job.ts';
import { outcomeOf, outcomeWithoutExit } from '../../core/outcome.ts';
import type { ExitRecord, Sighting } from '../../executors/executor.ts';
import { executorOf } from '../../executors/executor-of.ts';
import { probeText } from '../../os/process-identity.ts';
import { inEarlierPlace, type JobFolder } from '../../output/files/job-folder.ts';
import { type Engine, folderOf, placedOf } from '../context/job-context.ts';
import { errorSentence } from './error-sentence.ts';
import { notesOnPictures } from './notes-on-pictures.ts';
import { readOrderlyEnd, usageOf } from './orderly-end.ts';
import { OwedWrites } from './owed-writes.ts';
import { readStatedResult } from './stated-result.ts';

/** The decision to end a job can be changed by another server this often while we record the end. */
const ATTEMPTS = 3;

export class EndRecorder {
  readonly owed: OwedWrites;
  readonly #engine: Engine;
  /** Decisions of ours that could not be written yet. */
  readonly #decided = new Map<string, Ending>();

  constructor(engine: Engine) {
    this.#engine = engine;
    this.owed = new OwedWrites(engine.log);
  }

  look(job: Job): Sighting {
    return executorOf(this.#engine.executors, job.request).look(placedOf(this.#engine, job));
  }

  /** The job as the evidence shows it. Writes nothing. */
  asItIs(job: Job): Job {
    const state = this.#stateAsItIs(job);
    return state === job.state ? job : { ...job, state };
  }

  /** As `asItIs` of the newest row, and if it proves an end, that is recorded. */
  recordEnd(jobId: string): Job | null {
    const job = this.#engine.store.find(jobId);
    const seen = job && this.asItIs(job);
    if (!seen || seen === job || !hasEnded(seen)) return seen;
    this.owed.write(jobId, () => this.#record(jobId));
    return this.owed.isOwed(jobId) ? seen : this.#engine.store.find(jobId);
  }

  /** The script was never run: `reason` is a sentence for the caller. */
  neverStarted(jobId: string, reason: string): void {
    this.owed.write(jobId, () => {
      for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
        const job = this.#engine.store.find(jobId);
        if (!job || hasEnded(job)) return this.forget(jobId);
        const otherwise = { kind: 'never_started', reason } as const;
        const outcome = outcomeWithoutExit(job.request, this.endingOf(job), otherwise);
        const end = { outcome, exitCode: null, endedAt: Date.now(), usage: null };
        if (this.#finish(job, endedState(end, null, null))) return;
      }
    });
  }

  /** A decision counts from the moment it is taken, even when its row cannot be written yet. */
  decide(jobId: string, ending: Ending): void {
    if (!this.#decided.has(jobId)) this.#decided.set(jobId, ending);
  }

  /** Those that are not written yet. */
  decisions(): [jobId: string, ending: Ending][] {
    return [...this.#decided];
  }

  forget(jobId: string): void {
    this.#decided.delete(jobId);
  }

  endingOf(job: Job): Ending | null {
    const carriedOut = job.endingBy === NOBODY ? null : job.ending;
    return carriedOut ?? this.#decided.get(job.id) ?? null;
  }

  #record(jobId: string): void {
    for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
      const job = this.#engine.store.find(jobId);
      const seen = job && this.asItIs(job);
      if (!seen || hasEnded(job)) return this.forget(jobId);
      if (!hasEnded(seen) || this.#finish(job, seen.state)) return;
    }
  }

  /** False when somebody was faster, with the end or with a decision that changes what it means. */
  #finish(job: Job, end: EndedState): boolean {
    const won = this.#engine.store.finish(job.id, end, job);
    if (won) {
      this.forget(job.id);
      this.#engine.events.emit('changed', job.id);
      this.#engine.events.emit('ended', job.id);
    }
    return won;
  }

  /** Before it is running a job is the business of whoever claimed it. */
  #stateAsItIs(job: Job): Job['state'] {
    const { state } = job;
    if (state.name === 'running') return this.#stateOf(job, state);
    const isElsewhere = state.name === 'preparing' && probeText(state.claimedBy) === 'unknown';
    return isElsewhere ? { ...state, outOfSight: PREPARED_ELSEWHERE } : state;
  }

  #stateOf(job: Job, running: Extract<Job['state'], { name: 'running' }>): Job['state'] {
    const seen = this.look(job);
    switch (seen.kind) {
      case 'absent':
      case 'starting':
      case 'alive':
        return running;
      case 'unknown':
        return { ...running, outOfSight: seen.why };
      case 'ended':
        return endedState(this.#recordedEnd(job, seen.exit), running.launch, seen.startedAt);
      case 'lost':
        return endedState(this.#lostEnd(job, seen.reason), running.launch, seen.startedAt);
    }
  }

  #recordedEnd(job: Job, exit: ExitRecord): End {
    const folder = folderOf(this.#engine, job.id);
    // Nobody decided: the runtime ended the script itself, because no server was there to do it.
    const wasAsked = existsSync(inEarlierPlace(folder.deadline) ?? folder.deadline);
    const wasLate = wasAsked && job.request.timeoutSeconds > 0;
    const inOrder = readOrderlyEnd(folder);
    const ending = this.endingOf(job) ?? (wasLate ? 'timed_out' : null);
    const evidence = { code: exit.code, exitedInOrder: inOrder !== null };
    const outcome = outcomeOf(job.request, ending, evidence);
    const error = errorSentence(job.request, outcome, folder, inOrder);
    const [usage, said] = [inOrder && usageOf(inOrder), whatItSaid(job.request, folder)];
    return { outcome, exitCode: exit.code, endedAt: exit.endedAt, usage, error, said };
  }

  #lostEnd(job: Job, reason: string): End {
    const outcome = outcomeWithoutExit(job.request, this.endingOf(job), { kind: 'lost', reason });
    const said = whatItSaid(job.request, folderOf(this.#engine, job.id));
    return { outcome, exitCode: null, endedAt: Date.now(), usage: null, said };
  }
}

const PREPARED_ELSEWHERE =
  'The job is being prepared in another PID namespace, such as a container, and cannot be seen from here.';

interface End {
  outcome: Outcome;
  exitCode: number | null;
  endedAt: number;
  usage: Usage | null;
  error?: string | null;
  said?: Said | null;
}

function endedState(end: End, launch: Launch | null, startedAt: number | null): EndedState {
  return { name: finalStatusOf(end.outcome), startedAt, launch, ...end };
}

/** Null when it said nothing, as most scripts. */
function whatItSaid(request: JobRequest, folder: JobFolder): Said | null {
  const { notes, ...stated } = readStatedResult(folder);
  const said = { ...stated, notes: [...notes, ...notesOnPictures(request, folder)] };
  return 'result' in said || said.notes.length > 0 ? said : null;
}
