/** What the parts of the job engine share: one per process, made in app.ts. */
import type { Config } from '../../config/settings.ts';
import type { JobRequest } from '../../core/job.ts';
import type { Log } from '../../os/log.ts';
import { jobFolder, type JobFolder } from '../../output/files/job-folder.ts';
import type { JobLists } from '../../store/job-lists.ts';
import type { JobStore } from '../../store/job-store.ts';
import type { ResolvedEnvironment } from '../../python/resolve-environment.ts';
import type { JobEvents } from './job-events.ts';
import type { ProgressReader } from '../views/read-progress.ts';

export interface Engine {
  config: Config;
  store: JobStore;
  lists: JobLists;
  events: JobEvents;
  progress: ProgressReader;
  log: Log;
  /** Folder that holds one folder per job. */
  jobsDirectory: string;
  /** meta/jobs.json, for people. */
  snapshotPath: string;
  /** Folder of what ships beside the program: the supervisor script and the Python runtime. */
  runtimeDirectory: string;
  /** Identity of this process, as stored with the jobs it accepts and claims. */
  server: string;
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
  scriptPath: string,
  report: (line: string) => void,
  signal: AbortSignal,
) => Promise<ResolvedEnvironment>;

export function folderOf(engine: Engine, id: string): JobFolder {
  return jobFolder(engine.jobsDirectory, id);
}
