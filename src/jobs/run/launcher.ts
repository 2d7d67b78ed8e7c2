/**
 * Brings claimed jobs to life: environment, then process. Launching the same job twice is harmless,
 * see executor.ts. So after a crash a job whose launch is in doubt is simply launched again.
 */
import { closeSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { JobError } from '../../core/job-error.ts';
import { hasEnded, type Job, type Launch, UNREADABLE } from '../../core/job.ts';
import { openForAppend } from '../../output/files/job-folder.ts';
import { keepFingerprints } from '../../output/secrets/job-mask.ts';
import { secretPieces } from '../../output/secrets/secret-values.ts';
import { attempt } from '../../os/every.ts';
import { probeText } from '../../os/process-identity.ts';
import type { Launched } from '../../executors/executor.ts';
import { executorOf } from '../../executors/executor-of.ts';
import type { ResolvedEnvironment } from '../../python/resolve-environment.ts';
import type { HeldValues } from '../context/held-values.ts';
import { type Engine, folderOf } from '../context/job-context.ts';
import { environmentOf } from './job-environment.ts';
import { argvOf, comparedOf, sourceFilesOf } from './job-program.ts';
import type { EndRecorder } from './record-end.ts';
import { sandboxPlan } from './sandbox-plan.ts';

/** Jobs whose held values are looked after in one go. */
const HELD_BATCH = 20;
/** Jobs that cannot run any more are ended in portions. */
const SKIPPED_AT_ONCE = 50;

export class Launcher {
  readonly #engine: Engine;
  readonly #recorder: EndRecorder;
  readonly #held = new Map<string, HeldValues>();
  readonly #preparing = new Map<string, AbortController>();
  /** Jobs launched by this process: their end is an event, not a poll. */
  readonly #children = new Set<string>();
  #closed = false;

  constructor(engine: Engine, recorder: EndRecorder) {
    this.#engine = engine;
    this.#recorder = recorder;
    engine.events.on('ended', (jobId) => this.drop(jobId));
  }

  /** Keeps the values that are never stored until the job is launched. */
  hold(jobId: string, values: HeldValues): void {
    this.#held.set(jobId, values);
  }

  drop(jobId: string): void {
    this.#held.delete(jobId);
  }

  /** Drops what is held for jobs that another server has ended. To be called now and then. */
  dropEnded(): void {
    for (const [jobId, values] of [...this.#held].slice(0, HELD_BATCH)) {
      const job = this.#engine.store.find(jobId);
      this.#held.delete(jobId);
      if (job && !hasEnded(job)) this.#held.set(jobId, values); // behind those not looked at yet
    }
  }

  /** Launches pending jobs while there are free places. What cannot be claimed now can wait. */
  startNext(): void {
    const { store, server, capacities, startsJobs, log } = this.#engine;
    try {
      if (startsJobs && !this.#closed) this.#skipHopeless();
      while (startsJobs && !this.#closed) {
        const job = store.claimNext({ server, capacities, lives });
        if (!job) return;
        attempt('a launch', () => this.start(job), log);
      }
    } catch (error) {
      log.warn('could not claim a job', { error: String(error) });
    }
  }

  /** Ends jobs that were to run after one which did not complete. */
  #skipHopeless(): void {
    const { store } = this.#engine;
    for (const { id, failed } of store.hopelessJobs(SKIPPED_AT_ONCE)) {
      const how = store.find(failed)?.state.name ?? 'did not complete';
      const end = how === 'cancelled' ? 'was cancelled' : how;
      this.#recorder.neverStarted(id, `job ${failed}, which had to complete first, ${end}.`);
    }
  }

  /** Launches a session at once, unless another server is about to. */
  startSession(id: string): void {
    const { store, server, log } = this.#engine;
    const job = store.claimSession(id, server);
    if (job) attempt('a launch', () => this.start(job), log);
  }

  /** Launches a job this process has claimed; a failure becomes the job's outcome. */
  async start(job: Job): Promise<void> {
    this.#engine.events.emit('changed', job.id);
    const preparation = new AbortController();
    this.#preparing.set(job.id, preparation);
    try {
      refuseUnreadable(job);
      await this.#prepareAndLaunch(job, preparation.signal);
    } catch (error) {
      if (this.#closed) return; // the job stays claimed by a process that is gone: it is adopted
      this.#report(job.id, error);
      this.#recorder.neverStarted(job.id, reasonOf(error));
    } finally {
      this.#preparing.delete(job.id);
      this.drop(job.id);
    }
  }

  /** The job is being launched or was launched by this process, which will hear of its end. */
  isOurs(jobId: string): boolean {
    return this.#preparing.has(jobId) || this.#children.has(jobId);
  }

  isChild(jobId: string): boolean {
    return this.#children.has(jobId);
  }

  /** Ends the building of a job's environment. */
  abortPreparation(jobId: string): void {
    this.#preparing.get(jobId)?.abort(new JobError('job_not_running', 'The job was cancelled.'));
  }

  /** For shutdown: builds end here, and the next server takes their jobs over. */
  abandonPreparations(): void {
    this.#closed = true;
    for (const preparation of this.#preparing.values()) preparation.abort(new Error('shutdown'));
  }

  async #prepareAndLaunch(job: Job, signal: AbortSignal): Promise<void> {
    const resolved = await this.#resolve(job, signal);
    const held = this.#held.get(job.id);
    const { env, given } = await environmentOf(this.#engine, job, resolved, held);
    const current = this.#engine.store.find(job.id);
    if (current && this.#recorder.endingOf(current)) {
      this.#recorder.neverStarted(job.id, 'it was cancelled before its script started.');
      return;
    }
    const { root } = folderOf(this.#engine, job.id);
    keepFingerprints(root, secretPieces(given, this.#engine.config.redact));
    this.#watch(job.id, resolved.launch, await this.#launch(job, resolved, env));
  }

  async #resolve(job: Job, signal: AbortSignal): Promise<ResolvedEnvironment> {
    const log = new EnvironmentLog(folderOf(this.#engine, job.id).environmentLog);
    try {
      const scripts = sourceFilesOf(job.request, folderOf(this.#engine, job.id));
      return await this.#engine.resolve(job.request, scripts, (line) => log.write(line), signal);
    } finally {
      log.close();
    }
  }

  #launch(job: Job, resolved: ResolvedEnvironment, env: Record<string, string>): Promise<Launched> {
    const { request } = job;
    return executorOf(this.#engine.executors, request).launch({
      jobId: job.id,
      folder: folderOf(this.#engine, job.id),
      argv: this.#argvOf(job, resolved.command, env),
      cwd: request.directory,
      env,
      stdinText: this.#held.get(job.id)?.stdin ?? null,
      stdinFd: this.#held.get(job.id)?.started?.stdin ?? null,
      interactive: request.interactive,
      memoryLimitMb: request.memoryLimitMb,
      timeoutSeconds: request.timeoutSeconds,
      sandbox: sandboxPlan(this.#engine, request, resolved.launch.interpreter),
    });
  }

  /** From here on the script runs, whether or not that can be written down now. */
  #watch(jobId: string, launch: Launch, { placement, ended }: Launched): void {
    const { store, events } = this.#engine;
    const startedAt = Date.now();
    this.#children.add(jobId);
    this.#recorder.owed.write(jobId, () => {
      store.markRunning(jobId, startedAt, { ...launch, placement });
      events.emit('changed', jobId);
    });
    void ended.then(() => this.#onEnded(jobId));
  }

  #onEnded(jobId: string): void {
    this.#children.delete(jobId);
    if (this.#closed) return;
    try {
      const job = this.#recorder.recordEnd(jobId);
      // Another server may have recorded the end first: waiters here still have to hear of it.
      if (job && hasEnded(job)) this.#engine.events.emit('ended', jobId);
    } catch (error) {
      this.#engine.log.warn('could not record an end', { job: jobId, error: String(error) });
    }
  }

  #argvOf(job: Job, command: [string, ...string[]], env: Record<string, string>): string[] {
    const folder = folderOf(this.#engine, job.id);
    const argv = argvOf(job.request, folder, command, env);
    const { benchmark } = job.request;
    if (!benchmark) return argv;
    const measure = join(this.#engine.runtimeDirectory, 'benchmark.py');
    const counts = [benchmark.runs, benchmark.warmup, argv.length].map(String);
    const compared = comparedOf(job.request, folder);
    const other = compared === null ? [] : [...command, compared, ...job.request.args];
    return [command[0], '-I', '-S', measure, folder.benchmark, ...counts, ...argv, ...other];
  }

  /** Faults of ours are for the log; refusals are for the caller alone. */
  #report(jobId: string, error: unknown): void {
    if (error instanceof JobError) return;
    this.#engine.log.error('a launch failed', { job: jobId, error: (error as Error).stack });
  }
}

/** Created by the first line: most jobs need no environment log at all. */
class EnvironmentLog {
  readonly #path: string;
  #fd: number | null = null;

  constructor(path: string) {
    this.#path = path;
  }

  write(line: string): void {
    this.#fd ??= openForAppend(this.#path);
    writeSync(this.#fd, `${line}\n`);
  }

  close(): void {
    if (this.#fd !== null) closeSync(this.#fd);
  }
}

function lives(server: string): boolean {
  return probeText(server) === 'alive';
}

function refuseUnreadable({ request }: Job): void {
  if (request === UNREADABLE) throw new JobError('storage', 'its record cannot be read.');
}

function reasonOf(error: unknown): string {
  if (error instanceof JobError) return error.message;
  const { message } = error as Error;
  return `${message} (unexpected; see logs/server.log in the home folder).`;
}
