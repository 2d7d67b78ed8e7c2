/** What an environment is to contain. Equal plans share one cached environment. */
import { createHash } from 'node:crypto';
import type { EnvironmentConfig } from '../context/context.ts';
import type { Interpreter } from '../interpreters/interpreter-cache.ts';
import type { Project } from '../surroundings/project.ts';

export interface EnvironmentPlan {
  interpreter: Interpreter;
  content: PackagesContent | ProjectContent;
}

export interface PackagesContent {
  kind: 'packages';
  /** Normalised and sorted. */
  requirements: string[];
  /** Folders of packages that stay importable below these (an existing environment's). */
  parents: string[];
  /** Indexes of packages besides the configured one. */
  indexes?: string[];
}

export interface ProjectContent {
  kind: 'project';
  project: Project;
}

/** Packages from names; indexes are written down only where there are some, which keeps old keys. */
export function packagesOf(requirements: string[], indexes: string[]): PackagesContent {
  const content = { kind: 'packages' as const, requirements, parents: [] };
  return indexes.length > 0 ? { ...content, indexes } : content;
}

/** Raised when environments of older versions must not be used any more. */
const FORMAT = 1;

/** Name of the environment's folder: everything that could make its content another. */
export function keyOf(
  { interpreter, content }: EnvironmentPlan,
  config: EnvironmentConfig,
): string {
  const { indexUrl, findLinks, noIndex, excludeNewer } = config;
  const sources = { indexUrl, findLinks, noIndex, excludeNewer };
  const python = [interpreter.path, interpreter.version, process.platform, process.arch];
  const text = JSON.stringify([FORMAT, python, content, sources]);
  return createHash('sha256').update(text).digest('hex').slice(0, 24);
}

/** For people: the environment in a few words. */
export function describePlan({ content }: EnvironmentPlan): string {
  return content.kind === 'project' ? content.project.folder : content.requirements.join(', ');
}
