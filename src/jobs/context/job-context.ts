/** What the parts of the job engine share: one per process, made in app.ts. */
import type { Config } from '../../config/settings.ts';
import type { Job, JobRequest } from '../../core/job.ts';
import type { Placed } from '../../executors/executor.ts';
import type { Executors } from '../../executors/executor-of.ts';
import type { Log } from '../../os/log.ts';
import { jobFolder, type JobFolder } from '../../output/files/job-folder.ts';
import type { Progress } from '../../contract/replies/one-job.ts';
import type { OutputFiles } from '../../output/files/output-file.ts';
import type { Capacities } from '../../store/holdings.ts';
import type { JobLists } from '../../store/job-lists.ts';
import type { SessionRows } from '../../store/session-rows.ts';
import type { JobStore } from '../../store/job-store.ts';
import type { ResolvedEnvironment, ScriptFiles } from '../../python/resolve-environment.ts';
import type { JobEvents } from './job-events.ts';

export interface Engine {
  config: Config;
  store: JobStore;
  lists: JobLists;
  sessions: SessionRows;
  events: JobEvents;
  executors: Executors;
  /** How far a job says it is. */
  progress: { read(job: Job, folder: OutputFiles): Progress | null };
  log: Log;
  /** Folder that holds one folder per job. */
  jobsDirectory: string;
  /** meta/jobs.json, for people. */
  snapshotPath: string;
  /** Folder of what ships beside the program: the supervisor script and the Python runtime. */
  runtimeDirectory: string;
  /** Identity of this process, as stored with the jobs it accepts and claims. */
  server: string;
  /** What the jobs of the home share. */
  capacities: Capacities;
  /** The process's own environment, the base of every job's. */
  env: Record<string, string | undefined>;
  /** False for commands that only look: what they began to launch they would leave half-way. */
  startsJobs: boolean;
  resolve: ResolveEnvironment;
  /** Refuses a Python version (null = the default) that this machine does not have. */
  checkPython: (version: string | null) => Promise<void>;
}

export type ResolveEnvironment = (
  request: JobRequest,
  scripts: ScriptFiles,
  report: (line: string) => void,
  signal: AbortSignal,
) => Promise<ResolvedEnvironment>;

export function folderOf(engine: Engine, id: string): JobFolder {
  return jobFolder(engine.jobsDirectory, id);
}

/** A job as its executor needs to know it. */
export function placedOf(engine: Engine, { id, state }: Job): Placed {
  const placement = 'launch' in state ? (state.launch?.placement ?? null) : null;
  const isRunning = state.name === 'running';
  return { jobId: id, folder: folderOf(engine, id), isRunning, placement };
}
