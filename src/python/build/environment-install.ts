/** Fills a new folder with a virtual environment: by uv, or by `venv` and pip where there is no uv. */
import { readdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { JobError } from '../../core/job-error.ts';
import { buildFailure, importNamesAmong, namesNotFound } from './build-failure.ts';
import { runTool, toolEnv, type ToolResult } from '../../os/run-command.ts';
import type { EnvironmentContext } from '../context/context.ts';
import type { CachedEnvironment } from '../cache/environment-cache.ts';
import { linkParents, packagesFolder } from '../cache/environment-parents.ts';
import {
  describePlan,
  type EnvironmentPlan,
  type PackagesContent,
  type ProjectContent,
} from './environment-plan.ts';
import { pipSources, runPip } from './pip.ts';
import { normaliseName } from '../requirements/requirements.ts';
import { findUv, runUv, uvSources } from './uv.ts';
import { wrongNames, type TryResolve } from './wrong-names.ts';

type Unsealed = Omit<CachedEnvironment, 'seal'>;

/**
 * `path` must not exist yet.
 * @throws JobError environment_failed with the installer's own explanation; the signal's reason
 */
export async function installEnvironment(
  plan: EnvironmentPlan,
  path: string,
  context: EnvironmentContext,
): Promise<Unsealed> {
  const uv = await findUv(context);
  await (uv ? installWithUv(uv, plan, path, context) : installWithPip(plan, path, context));
  const packages = await packagesFolder(path);
  return {
    path,
    python: join(path, 'bin/python'),
    pythonVersion: plan.interpreter.version,
    resolvedDependencies: await installedDistributions(packages),
    madeBy: uv ? 'uv' : 'pip',
    description: describePlan(plan),
    createdAt: new Date().toISOString(),
    packages,
  };
}

async function installWithUv(
  uv: string,
  plan: EnvironmentPlan,
  path: string,
  context: EnvironmentContext,
): Promise<void> {
  // The new environment's folder is where uv starts looking for a project of its own.
  const cwd = dirname(path);
  const venv = ['venv', '--quiet', '--no-project', '--python', plan.interpreter.path, path];
  check(await runUv(uv, venv, cwd, context), context);
  const { content } = plan;
  if (content.kind === 'packages') await linkParents(await packagesFolder(path), content.parents);
  const [args, where] =
    content.kind === 'packages'
      ? [installPackages(path, content, context), cwd]
      : [installProject(path, content, context), content.project.folder];
  if (!args) return;
  const variables = { UV_PROJECT_ENVIRONMENT: path };
  const result = await runUv(uv, args, where, context, variables);
  if (content.kind === 'project') return check(result, context);
  const dry = { ...context, report: () => {} };
  await checkPackages(result, content.requirements, context, async (requirements) => {
    const only = { ...content, requirements };
    const trial = installPackages(path, only, context, ['--dry-run', '--no-deps']) ?? [];
    const { code, output } = await runUv(uv, trial, cwd, dry);
    return code === 0 ? null : output;
  });
}

function installPackages(
  path: string,
  { requirements, indexes = [] }: PackagesContent,
  context: EnvironmentContext,
  options: string[] = [],
): string[] | null {
  if (requirements.length === 0) return null;
  const python = join(path, 'bin/python');
  const more = indexes.flatMap((url) => ['--index', url]);
  const sources = [...uvSources(context), ...more, ...options];
  return ['pip', 'install', '--python', python, ...sources, '--', ...requirements];
}

/** A lock file is obeyed to the letter; without one, none is written into the user's folder. */
function installProject(
  path: string,
  { project }: ProjectContent,
  context: EnvironmentContext,
): string[] {
  const python = join(path, 'bin/python');
  const sources = uvSources(context);
  if (project.locked) return ['sync', '--frozen', '--python', python, ...sources];
  const what = project.packaged ? ['--editable', '.'] : ['--requirements', 'pyproject.toml'];
  return ['pip', 'install', '--python', python, ...sources, ...what];
}

async function installWithPip(
  plan: EnvironmentPlan,
  path: string,
  context: EnvironmentContext,
): Promise<void> {
  const { content, interpreter } = plan;
  if (content.kind === 'project')
    throw needsUv(`The project ${content.project.folder}`, ', or pass use_uv: false');
  if (context.config.excludeNewer) throw needsUv('The setting `exclude_newer`', '');
  const cwd = dirname(path);
  const { env, report, signal } = context;
  const args = ['-I', '-m', 'venv', '--without-pip', path];
  check(
    await runTool({ command: interpreter.path, args, env: toolEnv(env), cwd, report, signal }),
    context,
  );
  await linkParents(await packagesFolder(path), content.parents);
  if (content.requirements.length === 0) return;
  const more = (content.indexes ?? []).flatMap((url) => ['--extra-index-url', url]);
  const sources = [...pipSources(context), ...more];
  const install = ['install', '--no-compile', ...sources, ...content.requirements];
  const python = join(path, 'bin/python');
  const result = await runPip(python, install, cwd, context);
  await checkPackages(result, content.requirements, context, async (requirements) => {
    const trial = ['install', '--dry-run', '--no-deps', ...sources, ...requirements];
    const { code, output } = await runPip(python, trial, cwd, { ...context, report: () => {} });
    return code === 0 ? null : output;
  });
}

/** Names the wrong names, all at once; else gives the installer's own explanation. */
async function checkPackages(
  result: ToolResult,
  requirements: string[],
  context: EnvironmentContext,
  tryResolve: TryResolve,
): Promise<void> {
  if (result.code === 0) return;
  const names = await wrongNames(result.output, requirements, tryResolve);
  if (names.length > 0) throw namesNotFound(names, context);
  const hint = importNamesAmong(requirements);
  throw buildFailure('The packages could not be installed', result.output, context, hint);
}

function needsUv(what: string, otherwise: string): JobError {
  return new JobError(
    'environment_failed',
    `${what} needs uv, which is not on PATH and could not be installed from the package index. ` +
      `Install it (https://docs.astral.sh/uv/), name it in the setting \`uv\`${otherwise}.`,
  );
}

function check({ code, output }: ToolResult, context: EnvironmentContext): void {
  if (code !== 0) throw buildFailure('The packages could not be installed', output, context);
}

/** Names and versions as the packages folder itself states them. */
async function installedDistributions(packages: string): Promise<string[]> {
  const names = await readdir(packages);
  const parts = names.map((name) => /^(.+?)-([^-]+)\.dist-info$/.exec(name));
  return parts
    .filter((match) => match !== null)
    .map(([, name = '', version]) => `${normaliseName(name)}==${version}`)
    .sort();
}
