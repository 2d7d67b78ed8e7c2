/** The session of a name: the one that lives, or a new one. State that was lost is never passed over. */
import { join } from 'node:path';
import type { SessionRunInput } from '../../contract/inputs.ts';
import { invalid, JobError, shown } from '../../core/job-error.ts';
import { hasEnded, type Job } from '../../core/job.ts';
import { called } from '../../core/wording.ts';
import { isNameTaken } from '../../store/session-rows.ts';
import { acceptRun, type Origin } from '../accept/accept-run.ts';
import type { RunInput } from '../accept/run-request.ts';
import { type Engine, folderOf } from '../context/job-context.ts';
import type { JobLookup } from '../run/job-lookup.ts';
import type { Launcher } from '../run/launcher.ts';
import { whyEnded } from './cell-status.ts';
import { readState, readVariables, type Variable } from './session-files.ts';

/** Lost variables that a refusal names. */
const MOST_NAMED = 20;
const ATTEMPTS = 5;

export interface OpenParts {
  engine: Engine;
  lookup: JobLookup;
  launcher: Launcher;
  cancel: (id: string) => Promise<unknown>;
}

/** @throws JobError invalid_request, job_not_running with what was lost, unavailable */
export async function openSession(
  parts: OpenParts,
  input: SessionRunInput,
  origin: Origin,
): Promise<Job> {
  const { engine, lookup } = parts;
  for (let attempt = 1; ; attempt += 1) {
    const stored = engine.sessions.newest(input.session);
    const newest = stored && lookup.get(stored.id);
    const isAlive = newest !== null && !hasEnded(newest);
    if (isAlive && !input.restart) return checkSame(newest, input);
    if (isAlive) await parts.cancel(newest.id);
    else if (newest && !input.restart) refuseLoss(engine, newest);
    refuseTooMany(parts);
    try {
      return await begin(parts, input, origin);
    } catch (error) {
      if (!isNameTaken(error) || attempt === ATTEMPTS) throw error;
    }
  }
}

async function begin(parts: OpenParts, input: SessionRunInput, origin: Origin): Promise<Job> {
  const { engine, launcher, lookup } = parts;
  const id = await acceptRun(parts, runInput(engine, input), origin);
  launcher.startSession(id);
  return lookup.get(id);
}

function runInput(engine: Engine, input: SessionRunInput): RunInput {
  const idleSeconds = engine.config.session_idle_seconds;
  return {
    directory: input.directory ?? null,
    script_path: join(engine.runtimeDirectory, 'session.py'),
    args: [String(idleSeconds)],
    session: { name: input.session, idleSeconds },
    job_label: `session ${input.session}`,
    dependencies: input.dependencies,
    auto_install_deps: false,
    ignore_project_requirements: input.directory === undefined,
    env_vars: input.env_vars,
    python_version: input.python_version,
    memory_limit_mb: input.memory_limit_mb,
    timeout_seconds: 0,
    interactive: true,
    enable_streaming: true,
  };
}

/** What is asked for anew must be what the living session has. */
function checkSame(job: Job, input: SessionRunInput): Job {
  const { directory, pythonVersion, memoryLimitMb, environment, envNames } = job.request;
  const lacks =
    input.dependencies?.filter((name) => !environment.dependencies.includes(name)) ?? [];
  const other = Object.keys(input.env_vars ?? {}).filter((name) => !envNames.includes(name));
  const wrong = [
    differs('directory', input.directory, directory),
    differs('python_version', input.python_version, pythonVersion),
    differs('memory_limit_mb', input.memory_limit_mb, memoryLimitMb),
    lacks.length > 0 ? (['dependencies', `it began without ${lacks.join(', ')}`] as const) : null,
    other.length > 0 ? (['env_vars', `it began without ${other.join(', ')}`] as const) : null,
  ].find((problem) => problem !== null);
  if (!wrong) return job;
  const [parameter, problem] = wrong;
  throw invalid(
    parameter,
    `session ${shown(input.session)} lives already, and ${problem}.`,
    `Leave it out, choose another name, or begin anew with ${called('restart=true')}.`,
  );
}

function differs(parameter: string, asked: string | number | undefined, has: unknown) {
  if (asked === undefined || asked === has) return null;
  return [parameter, `has ${shown(has)}`] as const;
}

/** A session in which nothing ever ran has lost nothing. */
function refuseLoss(engine: Engine, job: Job): void {
  const folder = folderOf(engine, job.id);
  const state = readState(folder);
  if (!hasEnded(job) || state.cell === 0) return;
  const minutes = Math.round((Date.now() - job.state.endedAt) / 60_000);
  const reason = state.reason === 'idle' ? 'It was idle for too long.' : whyEnded(job);
  throw new JobError(
    'job_not_running',
    `session_ended: ${shown(job.request.session?.name)} ended ${minutes} min ago. ${reason} ` +
      `Nothing was run. Lost: ${describeLost(readVariables(folder))}. ` +
      `Pass ${called('restart=true')} to begin anew. Its output stays: job ${job.id}.`,
  );
}

function describeLost(variables: Variable[]): string {
  if (variables.length === 0) return 'no variables';
  const named = variables
    .slice(0, MOST_NAMED)
    .map(
      ({ name, type, shape }) => `${name} (${[type, shape?.join('×')].filter(Boolean).join(' ')})`,
    );
  const more = variables.length - named.length;
  return named.join(', ') + (more > 0 ? ` and ${more} more` : '');
}

function refuseTooMany({ engine, lookup }: OpenParts): void {
  const most = engine.config.max_sessions;
  const stored = engine.sessions.alive();
  if (stored.length < most) return;
  const alive = stored.map(({ id }) => lookup.get(id)).filter((job) => !hasEnded(job));
  if (alive.length < most) return;
  const list = alive.map((job) => describe(engine, job)).join(', ');
  throw new JobError(
    'unavailable',
    `${alive.length} sessions live, and max_sessions is ${most}: ${list}. ` +
      `Use one of them, or end one with ${called('py_cancel_job')}.`,
  );
}

function describe(engine: Engine, job: Job): string {
  const { state } = readState(folderOf(engine, job.id));
  return `${job.request.session?.name} (${state}, job ${job.id})`;
}
