/** A project as uv understands it: the nearest `pyproject.toml` with a `[project]` table. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'smol-toml';
import { JobError } from '../../core/job-error.ts';
import { Newest } from '../../core/newest.ts';
import type { EnvironmentContext } from '../context/context.ts';
import { regularFileStamp } from '../../os/file-stamp.ts';
import { userHome } from '../interpreters/interpreter-candidates.ts';
import { searchFolders } from './venv.ts';
import { isSpecifier } from '../interpreters/version.ts';

export interface Project {
  folder: string;
  requiresPython: string | null;
  /** There is a `uv.lock`, and it is obeyed. */
  locked: boolean;
  /** It has a build backend, so it is installed (editable) beside what it depends on. */
  packaged: boolean;
  /** Hash of `pyproject.toml` and `uv.lock`. */
  fingerprint: string;
}

interface Known {
  stamp: string;
  project: Project | null;
}

/** Read once per change: finding the project again costs one stat per parent folder. */
const MOST_KNOWN = 200;
const known = new Newest<string, Known>(MOST_KNOWN);

/** @throws JobError environment_failed when the nearest `pyproject.toml` is not TOML */
export function findProject(directory: string, { env }: EnvironmentContext): Project | null {
  for (const folder of searchFolders(directory, userHome(env))) {
    const stamp = regularFileStamp(join(folder, 'pyproject.toml'));
    if (!stamp) continue;
    const project = projectIn(folder, `${stamp} ${regularFileStamp(join(folder, 'uv.lock'))}`);
    if (project) return project;
  }
  return null;
}

function projectIn(folder: string, stamp: string): Project | null {
  const before = known.get(folder);
  if (before?.stamp === stamp) return before.project;
  const project = readProject(folder);
  known.set(folder, { stamp, project });
  return project;
}

function readProject(folder: string): Project | null {
  const text = readFileSync(join(folder, 'pyproject.toml'), 'utf8');
  const table = parseTable(text, folder);
  const project = table['project'] as Record<string, unknown> | undefined;
  if (project === undefined) return null;
  const lock = readIfThere(join(folder, 'uv.lock'));
  const requires = project['requires-python'];
  return {
    folder,
    requiresPython: typeof requires === 'string' && isSpecifier(requires) ? requires : null,
    locked: lock !== null,
    packaged: 'build-system' in table,
    fingerprint: createHash('sha256').update(`${text}\0${lock}`).digest('hex'),
  };
}

function parseTable(text: string, folder: string): Record<string, unknown> {
  try {
    return parse(text);
  } catch (cause) {
    throw new JobError(
      'environment_failed',
      `${folder}/pyproject.toml cannot be read as TOML: ${(cause as Error).message.split('\n')[0]} ` +
        'Correct it, or run without the project (ignore_project_requirements, or use_uv: false).',
      { cause },
    );
  }
}

function readIfThere(path: string): string | null {
  try {
    return regularFileStamp(path) && readFileSync(path, 'utf8');
  } catch {
    return null;
  }
}
