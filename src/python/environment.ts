/** Decides what a script runs with: interpreter, packages and the variables that go with them. */
import { delimiter, join } from 'node:path';
import type { JobRequest, Launch } from '../core/job.ts';
import type { EnvironmentContext } from './context.ts';
import type { Interpreter } from './interpreter-cache.ts';
import { defaultInterpreter, interpreterOfVersion } from './interpreters.ts';
import { findVenv, type Venv } from './venv.ts';
import { isWithin } from './version.ts';

export interface ResolvedEnvironment {
  /** Interpreter and its flags; the script and its arguments are appended. */
  command: [string, ...string[]];
  /** Added to the job's environment. */
  env: Record<string, string>;
  launch: Launch;
}

/**
 * @throws JobError interpreter_unavailable, environment_failed, invalid_request; the signal's reason.
 */
export async function resolveEnvironment(
  request: JobRequest,
  _script: { path: string },
  context: EnvironmentContext,
): Promise<ResolvedEnvironment> {
  if (!request.environment.useUv) return installedInterpreter(request, context, []);
  const { venv, broken } = await findVenv(request.directory, context);
  const notes = broken.map((path) => `${path} was passed over: its interpreter does not start.`);
  if (!venv) return installedInterpreter(request, context, notes);
  if (fitsVersion(venv, request)) return inVenv(venv, notes, context);
  notes.push(
    `${venv.path} was not used: it has Python ${venv.interpreter.version}, not ${request.pythonVersion}.`,
  );
  return installedInterpreter(request, context, notes);
}

function fitsVersion(venv: Venv, { pythonVersion }: JobRequest): boolean {
  return pythonVersion === null || isWithin(venv.interpreter.version, pythonVersion);
}

async function installedInterpreter(
  { pythonVersion }: JobRequest,
  context: EnvironmentContext,
  notes: string[],
): Promise<ResolvedEnvironment> {
  const interpreter = pythonVersion
    ? await interpreterOfVersion(pythonVersion, context)
    : await defaultInterpreter(context);
  const source = pythonVersion ? 'requested-version' : 'default-interpreter';
  const launch = launchOf(interpreter, 'system-python', source, notes);
  return { command: [interpreter.path], env: {}, launch };
}

function inVenv(venv: Venv, notes: string[], context: EnvironmentContext): ResolvedEnvironment {
  const strategy = venv.madeByUv ? 'uv-run' : 'system-python';
  const launch = launchOf(venv.interpreter, strategy, 'project-venv', notes);
  return { command: [venv.interpreter.path], env: variablesOf(venv.path, context), launch };
}

/** What `activate` would set, so that tools the script starts are found in its environment. */
function variablesOf(venvPath: string, { env }: EnvironmentContext): Record<string, string> {
  const path = [join(venvPath, 'bin'), env['PATH']].filter(Boolean).join(delimiter);
  return { VIRTUAL_ENV: venvPath, PATH: path };
}

function launchOf(
  interpreter: Interpreter,
  strategy: Launch['strategy'],
  source: string,
  notes: string[],
): Launch {
  const { path, version } = interpreter;
  const resolvedDependencies = null;
  return {
    interpreter: path,
    strategy,
    source,
    pythonVersion: version,
    resolvedDependencies,
    notes,
  };
}
