/**
 * From evidence to a final state. Whoever notices first (child exit, file event, poll, next start)
 * calls `observe`; one guarded update decides who records the end.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { finalStatusOf, hasEnded, type Job, type Outcome, type Usage } from '../../core/job.ts';
import { outcomeOf, outcomeWithoutExit } from '../../core/outcome.ts';
import { readInside } from '../../os/safe-open.ts';
import { readExit, readSupervisor, startedAt } from '../../executors/local/supervisor-record.ts';
import { probe } from '../../os/process-identity.ts';
import { type Engine, folderOf } from '../context/job-context.ts';

/** A supervisor writes its identity within milliseconds; after this long it never will. */
const REPORT_WITHIN_MS = 10_000;

export class Finisher {
  readonly #engine: Engine;

  constructor(engine: Engine) {
    this.#engine = engine;
  }

  /** Looks at a job's evidence, records its end if there is proof of one, returns the job as it is. */
  observe(jobId: string): Job | null {
    const job = this.#engine.store.find(jobId);
    // Before it is running a job is the business of whoever claimed it.
    if (!job || job.state.name !== 'running') return job;
    const recorded = this.#recordedOutcome(job) ?? this.#lostOutcome(job);
    if (!recorded) return job;
    this.#finish(job, recorded);
    return this.#engine.store.find(jobId);
  }

  /** The script was never run: `reason` is a sentence for the caller. */
  neverStarted(jobId: string, reason: string): void {
    const job = this.#engine.store.find(jobId);
    if (!job || hasEnded(job)) return;
    const otherwise = { kind: 'never_started', reason } as const;
    const outcome = outcomeWithoutExit(job.request, job.ending, otherwise);
    this.#finish(job, { outcome, exitCode: null, endedAt: Date.now(), usage: null });
  }

  /** The script ended by itself and its supervisor recorded the code. */
  #recordedOutcome(job: Job): Ended | null {
    const { root, work } = folderOf(this.#engine, job.id);
    const exit = readExit(root);
    if (!exit) return null;
    const usage = readUsage(root);
    const ending = job.ending ?? (missedDeadline(work) ? 'timed_out' : null);
    const evidence = { code: exit.code, exitedInOrder: usage !== null };
    const outcome = outcomeOf(job.request, ending, evidence);
    return { outcome, exitCode: exit.code, endedAt: exit.endedAt, usage };
  }

  /** No record, and nobody left who could still write one. */
  #lostOutcome(job: Job): Ended | null {
    const reason = this.#lossOf(job);
    if (reason === null) return null;
    // Dead by now: a record written between our two looks is final.
    const recorded = this.#recordedOutcome(job);
    if (recorded) return recorded;
    const outcome = outcomeWithoutExit(job.request, job.ending, { kind: 'lost', reason });
    return { outcome, exitCode: null, endedAt: Date.now(), usage: null };
  }

  #lossOf(job: Job): string | null {
    const supervisor = readSupervisor(folderOf(this.#engine, job.id).root);
    if (supervisor === null || supervisor === 'starting') return this.#silenceOf(job);
    switch (probe(supervisor)) {
      case 'alive':
      case 'unknown':
        return null;
      case 'gone':
        return 'its supervisor process was killed, so no exit code was recorded.';
      case 'other_boot':
        return 'the machine was restarted while it ran.';
    }
  }

  #silenceOf(job: Job): string | null {
    if (job.state.name !== 'running') return null;
    if (Date.now() - job.state.startedAt < REPORT_WITHIN_MS) return null;
    return 'its supervisor never reported, which points to a full disk or a removed job folder.';
  }

  #finish(job: Job, ended: Ended): void {
    const { store, events } = this.#engine;
    const launch = job.state.name === 'running' ? job.state.launch : null;
    const began = startedAt(folderOf(this.#engine, job.id).root);
    const name = finalStatusOf(ended.outcome);
    const won = store.finish(job.id, { name, startedAt: began, launch, ...ended });
    if (!won) return;
    events.emit('changed', job.id);
    events.emit('ended', job.id);
  }
}

interface Ended {
  outcome: Outcome;
  exitCode: number | null;
  endedAt: number;
  usage: Usage | null;
}

const LARGEST_USAGE = 64 * 1024;

/** Written by the Python runtime when the script ended in order; its word only, so checked. */
function readUsage(root: string): Usage | null {
  try {
    const text = readInside(root, 'work/usage.json', LARGEST_USAGE);
    const { cpu_seconds: cpu, peak_rss_bytes: peak } = JSON.parse(text ?? '{}') as Partial<Usage>;
    if (typeof cpu !== 'number' || typeof peak !== 'number') return null;
    return { cpu_seconds: cpu, peak_rss_bytes: peak };
  } catch {
    return null;
  }
}

/** The runtime ended the script itself, because no server was there to do it. */
function missedDeadline(work: string): boolean {
  return existsSync(join(work, 'deadline'));
}
