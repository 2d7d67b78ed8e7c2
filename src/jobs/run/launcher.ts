/**
 * Brings claimed jobs to life: environment, then process. Launching the same job twice is harmless:
 * the supervisor script runs the command only if it is the first to create its identity file. So
 * after a crash a job whose launch is in doubt is simply launched again.
 */
import { closeSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { JobError } from '../../core/job-error.ts';
import { hasEnded, type Job, type Launch } from '../../core/job.ts';
import { openForAppend } from '../../output/files/job-folder.ts';
import { attempt } from '../../os/every.ts';
import { launch, type Launched } from '../../executors/local/launch.ts';
import type { ResolvedEnvironment } from '../../python/resolve-environment.ts';
import { benchmarkFile } from '../views/benchmark.ts';
import { type Engine, folderOf } from '../context/job-context.ts';
import type { Finisher } from './record-end.ts';
import { environmentOf } from './job-environment.ts';
import type { HeldValues } from '../accept/run-request.ts';

export class Launcher {
  readonly #engine: Engine;
  readonly #finisher: Finisher;
  readonly #held = new Map<string, HeldValues>();
  readonly #preparing = new Map<string, AbortController>();
  /** Jobs whose supervisor is a child of this process: their end is an event, not a poll. */
  readonly #children = new Set<string>();
  #closed = false;

  constructor(engine: Engine, finisher: Finisher) {
    this.#engine = engine;
    this.#finisher = finisher;
  }

  /** Keeps the values that are never stored until the job is launched. */
  hold(jobId: string, values: HeldValues): void {
    this.#held.set(jobId, values);
  }

  /** Launches pending jobs while there are free places. */
  startNext(): void {
    const { store, server, config, startsJobs } = this.#engine;
    while (startsJobs) {
      const job = store.claimNext(server, config.max_concurrent_jobs);
      if (!job) return;
      attempt('a launch', () => this.start(job), this.#engine.log);
    }
  }

  /** Launches a job this process has claimed; a failure becomes the job's outcome. */
  async start(job: Job): Promise<void> {
    this.#engine.events.emit('changed', job.id);
    const preparation = new AbortController();
    this.#preparing.set(job.id, preparation);
    try {
      await this.#prepareAndLaunch(job, preparation.signal);
    } catch (error) {
      if (this.#closed) return; // the job stays claimed by a process that is gone: it is adopted
      this.#report(job.id, error);
      this.#finisher.neverStarted(job.id, reasonOf(error));
    } finally {
      this.#preparing.delete(job.id);
      this.#held.delete(job.id);
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
    const env = await environmentOf(this.#engine, job, resolved, this.#held.get(job.id));
    if (this.#engine.store.find(job.id)?.ending) {
      this.#finisher.neverStarted(job.id, 'it was cancelled before its script started.');
      return;
    }
    await this.#launch(job, resolved, env);
  }

  async #resolve(job: Job, signal: AbortSignal): Promise<ResolvedEnvironment> {
    const log = new EnvironmentLog(folderOf(this.#engine, job.id).environmentLog);
    try {
      const script = this.#scriptOf(job);
      return await this.#engine.resolve(job.request, script, (line) => log.write(line), signal);
    } finally {
      log.close();
    }
  }

  async #launch(
    job: Job,
    resolved: ResolvedEnvironment,
    env: Record<string, string>,
  ): Promise<void> {
    const folder = folderOf(this.#engine, job.id);
    const stdoutFd = openForAppend(folder.stdout);
    const stderrFd = openForAppend(folder.stderr);
    try {
      const launched = await launch({
        jobDir: folder.root,
        superviseScript: join(this.#engine.runtimeDirectory, 'supervise.sh'),
        argv: this.#argvOf(job, resolved.command),
        cwd: job.request.directory,
        env,
        stdoutFd,
        stderrFd,
        stdinText: this.#held.get(job.id)?.stdin ?? null,
        interactive: job.request.interactive,
        memoryLimitMb: job.request.memoryLimitMb,
      });
      this.#adoptChild(job.id, launched, resolved.launch);
    } finally {
      closeSync(stdoutFd);
      closeSync(stderrFd);
    }
  }

  #adoptChild(jobId: string, launched: Launched, how: Launch): void {
    this.#children.add(jobId);
    this.#engine.store.markRunning(jobId, Date.now(), how);
    this.#engine.events.emit('changed', jobId);
    const onEnd = (): void => attempt('an end', () => this.#childEnded(jobId), this.#engine.log);
    void launched.ended.then(onEnd);
  }

  /** What cannot be recorded now is found by the next tick, for it is no child of ours any more. */
  #childEnded(jobId: string): void {
    this.#children.delete(jobId);
    if (this.#closed) return;
    const job = this.#finisher.observe(jobId);
    // Another server may have recorded the end first: waiters here still have to hear of it.
    if (job && hasEnded(job)) this.#engine.events.emit('ended', jobId);
  }

  #argvOf(job: Job, command: [string, ...string[]]): string[] {
    const argv = [...command, this.#scriptOf(job), ...job.request.args];
    const { benchmark } = job.request;
    if (!benchmark) return argv;
    const measure = join(this.#engine.runtimeDirectory, 'benchmark.py');
    const result = benchmarkFile(folderOf(this.#engine, job.id));
    const { runs, warmup } = benchmark;
    return [command[0], '-I', '-S', measure, result, String(runs), String(warmup), ...argv];
  }

  /** Faults of ours are for the log; refusals are for the caller alone. */
  #report(jobId: string, error: unknown): void {
    if (error instanceof JobError) return;
    this.#engine.log.error('a launch failed', { job: jobId, error: (error as Error).stack });
  }

  #scriptOf(job: Job): string {
    return job.request.scriptPath ?? folderOf(this.#engine, job.id).script;
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

function reasonOf(error: unknown): string {
  if (error instanceof JobError) return error.message;
  const { message } = error as Error;
  return `${message} (unexpected; see logs/server.log in the home folder).`;
}
