/** Decides what a script runs with: interpreter, packages and the variables that go with them. */
import { delimiter, join } from 'node:path';
import type { JobRequest, Launch } from '../core/job.ts';
import { withMissingImports } from './imports/auto-install.ts';
import type { EnvironmentContext } from './context/context.ts';
import type { Choice } from './build/choice.ts';
import { chooseEnvironment, systemChoice } from './environment-choice.ts';
import { normaliseRequirements } from './requirements/requirements.ts';
import { readScript, type ScriptSource } from './surroundings/script-source.ts';

/** Of a command, and of a module that is none of the project's. */
const NO_SOURCE: ScriptSource = { text: '', metadata: null };

/** Whose imports tell what is needed. */
export interface ScriptFiles {
  /** Null where there is none to look into. */
  path: string | null;
  /** A second script that is to run in the same environment. */
  beside?: string | undefined;
}

export interface ResolvedEnvironment {
  /** Interpreter and its flags; the script and its arguments are appended. */
  command: [string, ...string[]];
  /** Added to the job's environment. */
  env: Record<string, string>;
  launch: Launch;
}

/**
 * Spawns nothing when all it needs is known or cached.
 * @throws JobError interpreter_unavailable, environment_failed, invalid_request; the signal's reason
 */
export async function resolveEnvironment(
  request: JobRequest,
  { path, beside }: ScriptFiles,
  context: EnvironmentContext,
): Promise<ResolvedEnvironment> {
  const { useUv, autoInstall } = request.environment;
  const dependencies = checkDependencies(request.environment.dependencies);
  if (!useUv) return resolved(await systemChoice(request, context), context);
  const source = path === null ? NO_SOURCE : await readScript(path);
  const choice = await chooseEnvironment(request, dependencies, source.metadata, context);
  if (!autoInstall) return resolved(choice, context);
  const add = async (known: Choice, script: string | null = null): Promise<Choice> => {
    if (script === null) return known;
    const place = { path: script, directory: request.directory };
    return withMissingImports(known, await readScript(script), place, context);
  };
  return resolved(await add(await add(choice, path), beside), context);
}

/**
 * Requirements as they will be used.
 * @throws JobError invalid_request for the first that is not one by name
 */
export function checkDependencies(dependencies: readonly string[]): string[] {
  return normaliseRequirements(dependencies, 'dependencies');
}

function resolved(choice: Choice, context: EnvironmentContext): ResolvedEnvironment {
  const { source, python, interpreter, venvPath, byUv, resolvedDependencies, builtNow, notes } =
    choice;
  const launch: Launch = {
    interpreter: python,
    strategy: byUv ? 'uv-run' : 'system-python',
    source,
    pythonVersion: interpreter.version,
    resolvedDependencies,
    ...(builtNow ? { builtNow } : {}),
    notes,
  };
  return { command: [python], env: venvPath ? activation(venvPath, context) : {}, launch };
}

/** What `activate` would set, so that tools the script starts are found in its environment. */
function activation(venvPath: string, { env }: EnvironmentContext): Record<string, string> {
  const path = [join(venvPath, 'bin'), env['PATH']].filter(Boolean).join(delimiter);
  return { VIRTUAL_ENV: venvPath, PATH: path };
}
