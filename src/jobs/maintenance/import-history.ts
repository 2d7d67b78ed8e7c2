/**
 * Takes over the history that the Python implementation left in meta/jobs.json: once, as ended jobs.
 * A copy of its file is kept beside, under another name.
 */
import { constants, copyFileSync, readFileSync } from 'node:fs';
import type { EndedState, FinalStatus, JobRequest, Outcome } from '../../core/job.ts';
import { writeNewFile } from '../../output/files/job-folder.ts';
import type { Engine } from '../context/job-context.ts';
import { newJobFolder } from '../context/new-job-folder.ts';
import { SNAPSHOT_WRITER } from './snapshot.ts';

/** The fields of an old job that we can use; anything may be missing. */
interface OldJob {
  label?: unknown;
  status?: unknown;
  created_at?: unknown;
  started_at?: unknown;
  completed_at?: unknown;
  error?: unknown;
  partial_stdout?: unknown;
  partial_stderr?: unknown;
  result?: { stdout?: unknown; stderr?: unknown; exit_code?: unknown } | null;
}

/** Returns how many jobs were taken over; 0 when there is no file of that kind. */
export function importHistory(engine: Engine, path: string): number {
  const old = readOldJobs(path);
  if (!old) return 0;
  // Copied first: of several servers only one succeeds and imports.
  if (!keepCopy(path)) return 0;
  for (const job of old) importJob(engine, job);
  engine.log.info('imported the history of the Python implementation', { jobs: old.length });
  return old.length;
}

function readOldJobs(path: string): OldJob[] | null {
  try {
    const found = JSON.parse(readFileSync(path, 'utf8')) as Record<string, unknown>;
    if (found['writer'] === SNAPSHOT_WRITER) return null;
    const jobs = found['jobs'] ?? found;
    return (Array.isArray(jobs) ? jobs : Object.values(jobs as object)).filter(isObject);
  } catch {
    return null;
  }
}

/** Their file stays as it is until our own takes its place: the copy is for good. */
function keepCopy(path: string): boolean {
  try {
    copyFileSync(path, path.replace(/\.json$/, '.python.json'), constants.COPYFILE_EXCL);
    return true;
  } catch {
    return false;
  }
}

function importJob(engine: Engine, old: OldJob): void {
  const createdAt = timeOf(old.created_at) ?? Date.now();
  const { id, folder } = newJobFolder(engine, createdAt);
  writeNewFile(folder.stdout, textOf(old.result?.stdout ?? old.partial_stdout));
  writeNewFile(folder.stderr, textOf(old.result?.stderr ?? old.partial_stderr));
  const request = historicRequest(textOf(old.label) || 'imported');
  engine.store.insert({
    id,
    request,
    submittedBy: 'python',
    client: null,
    bound: false,
    createdAt,
  });
  engine.store.finish(id, endOf(old, createdAt));
  engine.store.markSwept(id);
}

function endOf(old: OldJob, createdAt: number): EndedState {
  const exitCode = typeof old.result?.exit_code === 'number' ? old.result.exit_code : null;
  const name = statusOf(old.status);
  return {
    name,
    startedAt: timeOf(old.started_at),
    launch: null,
    endedAt: timeOf(old.completed_at) ?? createdAt,
    outcome: outcomeOf(name, exitCode, textOf(old.error)),
    exitCode,
    usage: null,
  };
}

/** What ran when the old server ended was lost with it. */
function statusOf(status: unknown): FinalStatus {
  return status === 'completed' || status === 'cancelled' ? status : 'failed';
}

function outcomeOf(status: FinalStatus, exitCode: number | null, error: string): Outcome {
  if (status === 'cancelled') return { kind: 'cancelled' };
  if (exitCode !== null) return { kind: 'exited', code: exitCode };
  if (status === 'completed') return { kind: 'exited', code: 0 };
  return { kind: 'lost', reason: error || 'the Python implementation recorded no result.' };
}

function historicRequest(label: string): JobRequest {
  return {
    tool: 'imported',
    label,
    directory: '/',
    scriptPath: null,
    args: [],
    envNames: [],
    envFile: null,
    pythonVersion: null,
    environment: { useUv: false, dependencies: [], autoInstall: false, ignoreProject: false },
    timeoutSeconds: 0,
    streaming: true,
    interactive: false,
    hasStdin: false,
    maxOutputBytes: 0,
    memoryLimitMb: null,
    benchmark: null,
  };
}

function timeOf(value: unknown): number | null {
  const time = typeof value === 'string' ? Date.parse(value) : Number.NaN;
  return Number.isNaN(time) ? null : time;
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function isObject(value: unknown): value is OldJob {
  return typeof value === 'object' && value !== null;
}
