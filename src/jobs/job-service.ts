/**
 * The one door: MCP tools, HTTP routes and CLI commands call these methods and nothing behind them.
 * Everything it knows is in the home folder; any number of these may work on one home.
 */
import type { CancelReply } from '../contract/replies/control.ts';
import type { JobView, Progress } from '../contract/replies/one-job.ts';
import type { RunReply, RunResult } from '../contract/replies/run-result.ts';
import type { Client } from '../core/client.ts';
import { hasEnded, type Job } from '../core/job.ts';
import { acceptRun, type Origin } from './accept/accept-run.ts';
import { Reconciler } from './run/reconciler.ts';
import { type Engine, folderOf } from './context/job-context.ts';
import { EndRecorder } from './run/record-end.ts';
import { Housekeeping } from './maintenance/maintenance.ts';
import { Inspection } from './inspection.ts';
import { jobView, runResult } from './views/job-view.ts';
import { runReply } from './views/run-reply.ts';
import { importHistory } from './maintenance/import-history.ts';
import { JobControl } from './job-control.ts';
import { JobReading } from './job-reading.ts';
import { JobLookup } from './run/job-lookup.ts';
import { JobOutput } from './read/read-job.ts';
import { sessionReader } from './read/session-reader.ts';
import { JobWaits } from './read/waits.ts';
import { Launcher } from './run/launcher.ts';
import { waitsFor } from './views/waits-for.ts';
import { whatItDoes } from './views/what-it-does.ts';
import { awaitedInput } from './views/awaited-input.ts';
import type { RunInput } from './accept/run-request.ts';
import { Sessions } from './sessions/sessions.ts';
import { JobWatcher } from './watch/job-watcher.ts';
import { Snapshot } from './maintenance/snapshot.ts';
import { Terminator } from './run/terminator.ts';

export class JobService {
  /** Details for people, read only. */
  readonly inspect: Inspection;
  readonly sessions: Sessions;
  /** Its output, and what is new in it. */
  readonly read: JobReading;
  /** To end, feed, repeat or remove it. */
  readonly control: JobControl;
  readonly #engine: Engine;
  readonly #recorder: EndRecorder;
  readonly #launcher: Launcher;
  readonly #terminator: Terminator;
  readonly #reconciler: Reconciler;
  readonly #housekeeping: Housekeeping;
  readonly #lookup: JobLookup;
  readonly #waits: JobWaits;
  readonly #output: JobOutput;
  readonly #watcher: JobWatcher;
  readonly #snapshot: Snapshot;

  constructor(engine: Engine) {
    this.#engine = engine;
    this.#recorder = new EndRecorder(engine);
    this.inspect = new Inspection(engine, this.#recorder, (id) => this.#lookup.get(id));
    this.#launcher = new Launcher(engine, this.#recorder);
    this.#watcher = new JobWatcher(engine, {
      at: (id) => this.#recorder.recordEnd(id),
      isOurs: (id) => this.#launcher.isOurs(id),
    });
    this.#terminator = new Terminator(engine, this.#recorder, this.#launcher);
    this.#reconciler = new Reconciler(engine, this.#recorder, this.#launcher, this.#terminator);
    this.#housekeeping = new Housekeeping(engine);
    this.#lookup = new JobLookup(engine, this.#recorder);
    const leftKnown = (id: string): Promise<void> => this.#reconciler.leftKnown(id);
    this.#waits = new JobWaits(engine, this.#watcher, this.#lookup, leftKnown);
    this.#output = new JobOutput(engine, this.#lookup, this.#waits);
    const [lookup, launcher] = [this.#lookup, this.#launcher];
    const cancel = (id: string): Promise<CancelReply> => this.control.cancel(id);
    this.sessions = new Sessions({ engine, lookup, launcher, cancel }, this.#watcher);
    const viewOf: Sessions['viewOf'] = (job, isWhole) => this.sessions.viewOf(job, isWhole);
    this.read = new JobReading(engine, lookup, this.#output, this.#watcher, viewOf);
    const run: JobService['run'] = (input, origin) => this.run(input, origin);
    this.control = new JobControl(engine, lookup, this.#terminator, run);
    this.#snapshot = new Snapshot(engine, engine.snapshotPath);
  }

  /** Begins to look after the jobs of this home, those of dead servers included. */
  open(): void {
    importHistory(this.#engine, this.#engine.snapshotPath);
    this.#snapshot.start();
    this.#reconciler.start();
    this.#housekeeping.start();
  }

  /** Waits until what is to end has ended, and what ended jobs left behind. Comes before `close`. */
  settle(): Promise<void> {
    return this.#reconciler.settle();
  }

  /** Lets go of everything; jobs run on. */
  close(): void {
    this.#reconciler.stop();
    this.#housekeeping.stop();
    this.#launcher.abandonPreparations();
    this.#watcher.close();
    this.#output.settle();
    this.#snapshot.stop();
    this.#engine.store.close();
  }

  /**
   * Accepts a run: when this returns, the job is durable and will be run once.
   * @throws JobError when something is wrong with the request; nothing was written then.
   */
  async run(input: RunInput, origin: Origin): Promise<Job> {
    const parts = { engine: this.#engine, launcher: this.#launcher, lookup: this.#lookup };
    const id = await acceptRun(parts, input, origin);
    this.#launcher.startNext();
    return this.#engine.store.find(id) ?? this.#lookup.refuse(id);
  }

  /** The job as it is now. @throws JobError unknown_job */
  get(id: string): Job {
    return this.#lookup.get(id);
  }

  view(id: string): JobView {
    return jobView(this.#engine, this.get(id));
  }

  /** What a job came to; null while it has not ended. */
  result(id: string): RunResult | null {
    const job = this.get(id);
    return hasEnded(job) ? runResult(job, folderOf(this.#engine, id)) : null;
  }

  /** The same in few words; null while it has not ended. */
  runReply(id: string): RunReply | null {
    const job = this.get(id);
    const folder = folderOf(this.#engine, id);
    return hasEnded(job) ? runReply(job, folder, runResult(job, folder)) : null;
  }

  /** The reader that a client is when it names none. */
  sessionOf({ name }: Client): string {
    return sessionReader(name, this.#engine.server);
  }

  /** One line, for progress messages. */
  whatItDoes(id: string): string {
    return whatItDoes(this.#engine, this.get(id), this.progress(id));
  }

  /** What a pending job waits for; null for another. */
  waitsFor(id: string): string | null {
    return waitsFor(this.#engine, this.get(id));
  }

  /** How far a running job says it is; null when it says nothing. */
  progress(id: string): Progress | null {
    return this.#engine.progress.read(this.get(id), folderOf(this.#engine, id));
  }

  /** Waits for the end, at most until `deadline` (Unix ms); returns the job as it is then. */
  waitForEnd(id: string, deadline: number, signal?: AbortSignal): Promise<Job> {
    return this.#waits.forEnd(id, deadline, signal);
  }

  /** The same, or until its script waits for input. */
  waitForEndOrInput(id: string, deadline: number, signal?: AbortSignal): Promise<Job> {
    return this.#waits.forEndOrInput(id, deadline, signal);
  }

  /** What a script that waits for input asks; null while it does not wait. */
  awaitedInput(id: string): string | null {
    return awaitedInput(this.#engine, this.get(id));
  }

  /** Waits until its script has started, or it has ended without. */
  waitForStart(id: string, signal?: AbortSignal): Promise<Job> {
    return this.#waits.forStart(id, signal);
  }

  /** This id, or the one that begins so. @throws JobError unknown_job, invalid_request */
  idOf(prefix: string): string {
    return this.#lookup.idOf(prefix);
  }

  /** Ids that begin with `prefix`, newest first, for completion. */
  completeId(prefix: string): string[] {
    return this.#lookup.completions(prefix);
  }
}
