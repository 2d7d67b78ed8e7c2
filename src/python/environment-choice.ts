/** The order in which environments are considered, each with the name that results report. */
import { dirname } from 'node:path';
import { invalid, shown } from '../core/job-error.ts';
import type { JobRequest } from '../core/job.ts';
import type { EnvironmentContext } from './context/context.ts';
import { packagesOf } from './build/environment-plan.ts';
import { builtChoice, type Choice, type EnvironmentSource } from './build/choice.ts';
import type { InlineMetadata } from './requirements/inline-metadata.ts';
import type { Interpreter } from './interpreters/interpreter-cache.ts';
import {
  defaultInterpreter,
  interpreterOfVersion,
  interpreterSatisfying,
} from './interpreters/interpreters.ts';
import { findProject } from './surroundings/project.ts';
import { locate } from './requirements/inline-sources.ts';
import { requirementsFile } from './requirements/requirements-file.ts';
import { normaliseRequirements } from './requirements/requirements.ts';
import { findVenv } from './surroundings/venv.ts';
import { isWithin, satisfies } from './interpreters/version.ts';

/**
 * `use_uv: false`: an installed interpreter as it is, whatever the script or its folder ask for.
 * @throws JobError invalid_request when packages were named as well
 */
export async function systemChoice(
  request: JobRequest,
  context: EnvironmentContext,
): Promise<Choice> {
  const { dependencies } = request.environment;
  if (dependencies.length > 0) {
    const problem = `${shown(dependencies)} cannot be installed with use_uv: false.`;
    throw invalid('dependencies', problem, 'Leave one of the two out.');
  }
  return installedChoice(request, [], context);
}

/** The first that applies. */
export async function chooseEnvironment(
  request: JobRequest,
  dependencies: string[],
  metadata: InlineMetadata | null,
  context: EnvironmentContext,
): Promise<Choice> {
  if (dependencies.length > 0 || metadata) {
    return requirementsChoice(request, dependencies, metadata, context);
  }
  const notes: string[] = [];
  return (
    (await venvChoice(request, notes, context)) ??
    (await projectChoice(request, notes, context)) ??
    (await requirementsFileChoice(request, notes, context)) ??
    installedChoice(request, notes, context)
  );
}

const NO_SOURCES = { indexes: [], packages: new Map() };

async function requirementsChoice(
  request: JobRequest,
  dependencies: string[],
  metadata: InlineMetadata | null,
  context: EnvironmentContext,
): Promise<Choice> {
  const requiresPython = metadata?.requiresPython ?? null;
  const interpreter = await fittingInterpreter(request, requiresPython, 'requires-python', context);
  const wanted = [...dependencies, ...(metadata?.dependencies ?? [])];
  const requirements = normaliseRequirements(wanted, 'dependencies');
  const source = dependencies.length > 0 ? 'explicit-dependencies' : 'inline-metadata';
  const { allowedSources: allowed, indexUrl } = context.config;
  const sources = metadata?.sources ?? NO_SOURCES;
  const located = locate(requirements, sources, { allowed, indexUrl });
  const notes = [...(metadata?.notes ?? []), ...located.notes];
  if (requirements.length === 0) return plainChoice(interpreter, source, notes);
  const content = packagesOf(located.requirements, located.indexes);
  return builtChoice({ interpreter, content }, source, notes, context);
}

/** `python_version` and a `requires-python` have to agree; without either, the default one. */
async function fittingInterpreter(
  { pythonVersion }: JobRequest,
  requiresPython: string | null,
  whose: string,
  context: EnvironmentContext,
): Promise<Interpreter> {
  if (!pythonVersion) {
    return requiresPython
      ? interpreterSatisfying(requiresPython, context)
      : defaultInterpreter(context);
  }
  const interpreter = await interpreterOfVersion(pythonVersion, context);
  if (!requiresPython || satisfies(interpreter.version, requiresPython)) return interpreter;
  throw invalid(
    'python_version',
    `${shown(pythonVersion)} does not satisfy ${whose} ${shown(requiresPython)}.`,
    'Leave python_version out, or change one of the two.',
  );
}

async function venvChoice(
  { directory, pythonVersion }: JobRequest,
  notes: string[],
  context: EnvironmentContext,
): Promise<Choice | null> {
  const { venv, broken } = await findVenv(directory, context);
  notes.push(...broken.map((path) => `${path} was passed over: its interpreter does not start.`));
  if (!venv) return null;
  const { path, interpreter, madeByUv } = venv;
  if (pythonVersion && !isWithin(interpreter.version, pythonVersion)) {
    notes.push(`${path} was not used: it has Python ${interpreter.version}, not ${pythonVersion}.`);
    return null;
  }
  const choice = plainChoice(interpreter, 'project-venv', notes);
  return { ...choice, venvPath: path, byUv: madeByUv };
}

async function projectChoice(
  request: JobRequest,
  notes: string[],
  context: EnvironmentContext,
): Promise<Choice | null> {
  if (request.environment.ignoreProject) return null;
  const project = findProject(request.directory, context);
  if (!project) return null;
  const whose = `${project.folder}/pyproject.toml: requires-python`;
  const interpreter = await fittingInterpreter(request, project.requiresPython, whose, context);
  const plan = { interpreter, content: { kind: 'project' as const, project } };
  return builtChoice(plan, 'uv-project', notes, context);
}

/** Beside the script or in its directory; for runs that ignore projects, see `imports/auto-install`. */
async function requirementsFileChoice(
  request: JobRequest,
  notes: string[],
  context: EnvironmentContext,
): Promise<Choice | null> {
  if (request.environment.ignoreProject) return null;
  const { directory, scriptPath } = request;
  const file = requirementsFile([...(scriptPath ? [dirname(scriptPath)] : []), directory]);
  if (!file) return null;
  const interpreter = await fittingInterpreter(request, null, file.path, context);
  const plan = { interpreter, content: packagesOf(file.requirements, []) };
  return builtChoice(plan, 'requirements-file', [...notes, ...file.notes], context);
}

async function installedChoice(
  { pythonVersion }: JobRequest,
  notes: string[],
  context: EnvironmentContext,
): Promise<Choice> {
  return pythonVersion
    ? plainChoice(await interpreterOfVersion(pythonVersion, context), 'requested-version', notes)
    : plainChoice(await defaultInterpreter(context), 'default-interpreter', notes);
}

function plainChoice(interpreter: Interpreter, source: EnvironmentSource, notes: string[]): Choice {
  const python = interpreter.path;
  const none = {
    venvPath: null,
    byUv: false,
    requirements: null,
    indexes: [],
    resolvedDependencies: null,
  };
  return { source, python, interpreter, ...none, builtNow: false, notes };
}
