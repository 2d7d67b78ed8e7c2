/**
 * Where the processes of a job live. What an executor learns it brings into the job's folder, bytes
 * of output and evidence of the end alike: readers know only that folder, whoever runs the job.
 */
import type { Ending, SandboxRequest } from '../core/job.ts';
import type { JobFolder } from '../output/files/job-folder.ts';

export interface Executor {
  readonly name: string;
  /**
   * Safe to repeat after a crash: of one job's runs only the first takes place.
   * @throws JobError `unavailable` when it could not be started: nothing has run then.
   */
  launch(plan: RunPlan): Promise<Launched>;
  /** Null when it can run scripts in a sandbox; else why not, with the remedy. */
  whyNoSandbox(): string | null;
  /** From now on no launch of this job takes place; false when one has already. */
  forbidLaunch(placed: Placed): boolean;
  /** What is proven. Silence and places that cannot be seen are answers, not errors. */
  look(placed: Placed): Sighting;
  /** How long the script has run, sleep of the machine left out; null when that is not known. */
  ranForMs(placed: Placed): number | null;
  /** Ends everything that belongs to the job; the proof of it comes through `look`. */
  end(placed: Placed, order: EndOrder): Promise<EndReport>;
  /** Sends an interrupt to the script alone. It is the script that judges whether it is meant. */
  interrupt(placed: Placed): void;
  /** A cheap guess whether an ended job left something running. */
  mayHaveLeft(placed: Placed): boolean;
  /** Ends what an ended job has left running, if anything; `tell` hears of it before it has ended. */
  sweep(placed: Placed, tell?: TellLeft): Promise<SweepReport>;
  /** Whether something may still write to the job's output. */
  hasProcesses(placed: Placed): Promise<boolean>;
  /** Bytes written; fewer when the script does not read on. @throws JobError `job_not_running` */
  sendInput(placed: Placed, text: string, timeoutMs: number): Promise<number>;
  /** The script reads what was written and then sees end of file. */
  closeInput(placed: Placed): Promise<void>;
  /** Whether the script waits for `sendInput` right now. False also where that cannot be told. */
  awaitsInput(placed: Placed): boolean;
  usage(placed: Placed): Promise<LiveUsage>;
  /** Where the Python code of its processes is, of those that can tell: the job's own words. */
  stacks(placed: Placed): Promise<ProcessStack[]>;
  /** Whether parts of output files in this folder can be given back to the disk. */
  canFreeOutput(directory: string): Promise<boolean>;
  /** Gives the bytes between `from` and `to` back; the file keeps its size. False: not possible. */
  freeOutput(path: string, from: number, to: number): Promise<boolean>;
}

/** All that a run needs and nobody stores. */
export interface RunPlan {
  jobId: string;
  folder: JobFolder;
  /** The interpreter, then its arguments. */
  argv: string[];
  cwd: string;
  /** The complete environment of the script. */
  env: Record<string, string>;
  /** Standard input up to its end; null = empty. Must be null for an interactive job. */
  stdinText: string | null;
  /** Instead of text: an open descriptor, which stays the caller's to close. */
  stdinFd?: number | null;
  /** Standard input stays open, for `sendInput`. */
  interactive: boolean;
  memoryLimitMb: number | null;
  /** For an end of its own when no server is there to bring it about; 0 = none. */
  timeoutSeconds: number;
  /** Null: with the rights of the user. */
  sandbox: SandboxPlan | null;
}

export interface SandboxPlan extends SandboxRequest {
  /** Its environment can be read. */
  interpreter: string;
  /** The file that is run, where it is one. */
  script: string | null;
  /** A saved script, or of the runtime: its neighbours are none of its business. */
  isOurs: boolean;
}

export interface Launched {
  /** For the executor alone; stored with the job, so that any server can go on from it. */
  placement: unknown;
  /** Resolves when there is an end to look at. */
  ended: Promise<void>;
}

/** A job as its executor needs to know it. */
export interface Placed {
  jobId: string;
  folder: JobFolder;
  /** The row says that it runs: then it has to show itself. */
  isRunning: boolean;
  /** What `launch` returned; null before, and for jobs of earlier versions. */
  placement: unknown;
}

export type Sighting =
  /** Nothing tells of a launch. */
  | { kind: 'absent' }
  /** Launched, and about to show itself. */
  | { kind: 'starting' }
  | { kind: 'alive' }
  /** `startedAt` in Unix milliseconds. */
  | { kind: 'ended'; exit: ExitRecord; startedAt: number | null }
  /** No end was recorded, and nobody is left who could. `reason` completes "The run was lost: ". */
  | { kind: 'lost'; reason: string; startedAt: number | null }
  /** Out of sight from here: neither alive nor gone. `why` is a sentence. */
  | { kind: 'unknown'; why: string };

export interface ExitRecord {
  /** 128 + n after signal n; 126 and 127 when the interpreter could not be executed. */
  code: number;
  /** Unix milliseconds. */
  endedAt: number;
}

export interface EndOrder {
  /** Why; for executors whose own time limits tell of it. */
  ending: Ending;
  /** How long the script may take to clean up after the first request. */
  graceMs: number;
  /** How it is asked before everything is killed. */
  steps: readonly EndStep[];
}

/** A signal, and the share of the grace in which it may take effect. The shares add up to 1. */
export type EndStep = readonly [signal: 'SIGINT' | 'SIGTERM', shareOfGrace: number];

export interface EndReport {
  /** Processes that could not be ended. */
  survivors: number[];
  /** The job is out of sight: nothing was done. */
  outOfSight: boolean;
}

export interface SweepReport extends EndReport {
  /** How many processes were ended. */
  ended: number;
}

export type TellLeft = (left: LeftProcess[]) => void;

export interface LeftProcess {
  pid: number;
  /** As it was started; empty when that cannot be seen. The job's own words. */
  command: string;
}

export interface ProcessStack {
  pid: number;
  text: string;
}

/** What the processes of a job use right now. */
export interface LiveUsage {
  /** Of all living processes and the children they have waited for. */
  cpuSeconds: number;
  rssBytes: number;
  processes: number;
}
