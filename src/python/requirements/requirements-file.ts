/** `requirements.txt` of a folder: what of it is a requirement by name, and what is not used. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { JobError } from '../../core/job-error.ts';
import { regularFileStamp } from '../../os/file-stamp.ts';
import { normaliseRequirements } from './requirements.ts';

export interface RequirementsFile {
  path: string;
  /** Normalised and sorted. */
  requirements: string[];
  /** Sentences for the caller. */
  notes: string[];
}

/** Of the first of `folders` that has one with a requirement in it. */
export function requirementsFile(folders: readonly string[]): RequirementsFile | null {
  for (const folder of folders) {
    const path = join(folder, 'requirements.txt');
    const file = regularFileStamp(path) ? read(path) : null;
    if (file) return file;
  }
  return null;
}

function read(path: string): RequirementsFile | null {
  const lines = linesOf(path);
  const checked = lines.map((line) => ({ line, requirement: requirementOf(line, path) }));
  const requirements = checked.flatMap(({ requirement }) => requirement ?? []);
  if (requirements.length === 0) return null;
  const unused = checked.filter(({ requirement }) => requirement === null);
  const skipped = unused.map(({ line }) => line.slice(0, 60)).join('; ');
  const notes = [`The packages are those of ${path}${skipped && ` without: ${skipped}`}.`];
  return { path, requirements: [...new Set(requirements)].sort(), notes };
}

/** Without comments, hashes and continuations. */
function linesOf(path: string): string[] {
  let text;
  try {
    text = readFileSync(path, 'utf8');
  } catch {
    return [];
  }
  return text
    .replace(/^\ufeff/, '')
    .replace(/\\\r?\n/g, ' ')
    .split(/\r?\n/)
    .map((line) =>
      line
        .replace(/(^|\s)#.*$/, '')
        .replace(/\s--hash=\S+/g, '')
        .trim(),
    )
    .filter((line) => line !== '');
}

/** Null for options, paths and addresses: docs/decisions/0012-requirements-by-name.md. */
function requirementOf(line: string, path: string): string | null {
  try {
    return normaliseRequirements([line], path)[0] ?? null;
  } catch (error) {
    if (error instanceof JobError) return null;
    throw error;
  }
}
