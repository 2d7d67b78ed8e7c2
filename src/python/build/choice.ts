/** An environment as it was chosen: what the script is run with, and where that came from. */
import type { EnvironmentContext } from '../context/context.ts';
import type { Interpreter } from '../interpreters/interpreter-cache.ts';
import { obtainEnvironment } from './environment-build.ts';
import type { EnvironmentPlan } from './environment-plan.ts';

export type EnvironmentSource =
  | 'explicit-dependencies'
  | 'inline-metadata'
  | 'project-venv'
  | 'uv-project'
  | 'requirements-file'
  | 'detected-imports'
  | 'requested-version'
  | 'default-interpreter';

/** An environment as chosen, before it is put into words for the caller. */
export interface Choice {
  source: EnvironmentSource;
  /** What the script is run with. */
  python: string;
  /** What it was made from, or is. */
  interpreter: Interpreter;
  /** Folder of the virtual environment, if it is one. */
  venvPath: string | null;
  byUv: boolean;
  /** What the environment was built from, when it was built from names alone. */
  requirements: string[] | null;
  /** Indexes it was built from besides the configured one. */
  indexes: string[];
  /** Pinned; null when we did not build it. */
  resolvedDependencies: string[] | null;
  /** The environment was built for this run, not found in the cache. */
  builtNow: boolean;
  notes: string[];
}

/** The environment of `plan`, built when it is not there yet. */
export async function builtChoice(
  plan: EnvironmentPlan,
  source: EnvironmentSource,
  notes: string[],
  context: EnvironmentContext,
): Promise<Choice> {
  const environment = await obtainEnvironment(plan, context);
  const { path, python, madeBy, resolvedDependencies, builtNow } = environment;
  const { interpreter, content } = plan;
  const alone = content.kind === 'packages' && content.parents.length === 0;
  return {
    source,
    python,
    interpreter,
    venvPath: path,
    byUv: madeBy === 'uv',
    requirements: alone ? content.requirements : null,
    indexes: (content.kind === 'packages' && content.indexes) || [],
    resolvedDependencies,
    builtNow,
    notes,
  };
}
