/**
 * A job: one run of a script. Its state is a sum type, so that impossible mixes (an outcome without
 * an end, a start without an interpreter) cannot be written down.
 */
import type { Client } from './client.ts';

/** Everything that was asked for, as stored. Names of environment variables only, never values. */
export interface JobRequest {
  /** MCP tool or CLI command that started the job. */
  tool: string;
  label: string;
  /** Working directory, absolute. */
  directory: string;
  /** Absolute path of the script; null when the code was given inline (then `work/script.py`). */
  scriptPath: string | null;
  /** Dotted name of the module that is run instead of a script. */
  module?: string;
  /** The program, found in the environment or on PATH, and its arguments, instead of a script. */
  command?: string[];
  /** The program is that of a session, not a script. */
  session?: SessionRequest;
  args: string[];
  envNames: string[];
  envFile: string | null;
  /** "3.12", or null for the default interpreter. */
  pythonVersion: string | null;
  environment: EnvironmentRequest;
  /** Limit on the script's own run, seconds; 0 = none. */
  timeoutSeconds: number;
  /** Whether status replies carry partial output. Output is captured in any case. */
  streaming: boolean;
  /** Standard input stays open for later input. */
  interactive: boolean;
  /** Text was given for standard input (not stored). */
  hasStdin: boolean;
  /** Limit per stream, bytes. */
  maxOutputBytes: number;
  /** Address-space limit, MiB; null = none. */
  memoryLimitMb: number | null;
  /** The script is run repeatedly and measured; null = run once. */
  benchmark: BenchmarkRequest | null;
  /** Where it runs; absent = this machine. */
  executor?: string;
  /** Absent: with the rights of the user. */
  sandbox?: SandboxRequest;
  /** Names of locks that it holds while it runs, in their order. */
  locks?: string[];
  /** Ids of jobs that must have completed before it runs. */
  after?: string[];
  /** How many devices it has for itself while it runs. */
  gpus?: number;
}

/** What a script in a sandbox may do beyond reading its own files. */
export interface SandboxRequest {
  network: boolean;
  /** What it may change: nothing, its job's own folder, or the working directory as well. */
  write: 'none' | 'work' | 'directory';
  gpu: boolean;
}

/** Stands for a request whose record is damaged: such a job is shown, but never run. */
export const UNREADABLE: JobRequest = {
  tool: 'unknown',
  label: '(its record cannot be read)',
  directory: '/',
  scriptPath: null,
  args: [],
  envNames: [],
  envFile: null,
  pythonVersion: null,
  environment: { useUv: false, dependencies: [], autoInstall: false, ignoreProject: true },
  timeoutSeconds: 0,
  streaming: false,
  interactive: false,
  hasStdin: false,
  maxOutputBytes: Number.MAX_SAFE_INTEGER, // not known: none of what it has printed is dropped
  memoryLimitMb: null,
  benchmark: null,
};

export interface SessionRequest {
  /** One living session has it at a time. */
  name: string;
  /** How long after its last cell it ends by itself; 0 = never. */
  idleSeconds: number;
}

export interface BenchmarkRequest {
  /** Measured runs, at least 1. */
  runs: number;
  /** Runs before them that are not counted. */
  warmup: number;
  /** The script that takes turns with the first. */
  compareWith?: {
    /** Null when the code was given inline (then `work/compared.py`). */
    scriptPath: string | null;
  };
}

/** Which packages the script wants, and how freely the resolver may act. */
export interface EnvironmentRequest {
  useUv: boolean;
  /** PEP 508 requirements named by the caller. */
  dependencies: string[];
  /** Install well-known distributions that the script imports and the environment lacks. */
  autoInstall: boolean;
  ignoreProject: boolean;
}

/** What the resolver decided: recorded with the job. */
export interface Launch {
  interpreter: string;
  /** `uv-run` when uv made or manages the environment, else `system-python`. */
  strategy: string;
  /** What decided: explicit-dependencies, inline-metadata, project-venv, default-interpreter … */
  source: string;
  pythonVersion: string;
  /** Pinned `name==version` of the environment, when we built it. */
  resolvedDependencies: string[] | null;
  /** Present when that environment was built for this run: only then is its content news. */
  builtNow?: true | undefined;
  /** Sentences for the caller, such as an import that was not installed and why. */
  notes: string[];
  /** What was still running when the script had ended, as a sentence. */
  left?: string;
  /** Of the executor, for it alone; absent in jobs of earlier versions. */
  placement?: unknown;
}

/** Who decided to end a job that cannot be seen from where it was decided: whoever sees it takes it over. */
export const NOBODY = 'nobody';

/** Our own prior decision to end a job; the first one wins over whatever exit code follows. */
export type Ending = 'cancelled' | 'timed_out' | 'output_limit' | 'disk_full' | 'abandoned';

export type Outcome =
  | { kind: 'exited'; code: number }
  | { kind: 'signalled'; signal: number }
  | { kind: 'timed_out'; limit_seconds: number }
  | { kind: 'cancelled' }
  | { kind: 'output_limit'; limit_bytes: number }
  | { kind: 'disk_full' }
  | { kind: 'never_started'; reason: string }
  | { kind: 'lost'; reason: string };

export type FinalStatus = 'completed' | 'failed' | 'cancelled';
export type JobStatus = 'pending' | 'running' | FinalStatus;
export type JobPhase = 'queued' | 'preparing' | 'running' | 'ended';

export type JobState =
  | { name: 'pending' }
  | { name: 'preparing'; claimedBy: string; outOfSight?: string }
  | {
      name: 'running';
      startedAt: number;
      launch: Launch;
      /** Why it cannot be seen from here whether it runs. Found out, never stored. */
      outOfSight?: string;
    }
  | {
      name: FinalStatus;
      /** Null when the script never started. */
      startedAt: number | null;
      launch: Launch | null;
      endedAt: number;
      outcome: Outcome;
      /** Exit code as recorded; null when there is none to know. */
      exitCode: number | null;
      usage: Usage | null;
      /** Why it failed, where more is known than the outcome says. */
      error?: string | null;
      said?: Said | null;
    };

/** What a script left word of beside its output, read once: at its end. */
export interface Said {
  /** Any JSON value that it stated as its result; absent when it stated none. */
  result?: unknown;
  /** What there is to say about that and about its pictures, in sentences. */
  notes: string[];
}

/** What the kernel counted for the script and the children it waited for. */
export interface Usage {
  cpu_seconds: number;
  peak_rss_bytes: number;
}

export interface Job {
  id: string;
  request: JobRequest;
  state: JobState;
  /** Identity of the server or CLI process that accepted the job. */
  submittedBy: string;
  /** Whom the job is for; null for jobs of a time when nobody wrote it down. */
  client: Client | null;
  /** Only the submitter can launch it: it holds values that are never stored. */
  bound: boolean;
  /** GPUs that were handed out to it, as CUDA names them. */
  devices: string[];
  /** Set as soon as somebody decided to end the job. */
  ending: Ending | null;
  /** The process that decided it and has to carry it out, or `NOBODY`: then nothing was stopped yet. */
  endingBy: string | null;
  /** Unix milliseconds. */
  createdAt: number;
}

export type EndedState = Extract<JobState, { outcome: Outcome }>;
export type EndedJob = Job & { state: EndedState };

export const FINAL_STATUSES = ['completed', 'failed', 'cancelled'] as const;

export function isFinal(state: JobState): state is EndedState {
  return 'outcome' in state;
}

export function hasEnded(job: Job): job is EndedJob {
  return isFinal(job.state);
}

export function statusOf(state: JobState): JobStatus {
  return state.name === 'preparing' ? 'running' : state.name;
}

export function phaseOf(state: JobState): JobPhase {
  if (isFinal(state)) return 'ended';
  return state.name === 'pending' ? 'queued' : state.name;
}

/** A zero exit is the only way to be completed; a decision of ours outranks any exit code. */
export function finalStatusOf(outcome: Outcome): FinalStatus {
  if (outcome.kind === 'cancelled') return 'cancelled';
  return outcome.kind === 'exited' && outcome.code === 0 ? 'completed' : 'failed';
}
