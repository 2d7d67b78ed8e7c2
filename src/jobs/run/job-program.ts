/** What a job runs: the words of its command line, and the file whose imports tell what it needs. */
import { accessSync, constants, statSync } from 'node:fs';
import { delimiter, dirname, join, resolve } from 'node:path';
import { JobError, shown } from '../../core/job-error.ts';
import type { JobRequest } from '../../core/job.ts';
import { called } from '../../core/wording.ts';
import type { JobFolder } from '../../output/files/job-folder.ts';
import type { ScriptFiles } from '../../python/resolve-environment.ts';

/** The files whose imports tell what a job needs. */
export function sourceFilesOf(request: JobRequest, folder: JobFolder): ScriptFiles {
  const beside = comparedOf(request, folder);
  return { path: sourceFileOf(request, folder), ...(beside === null ? {} : { beside }) };
}

/** The script that a benchmark compares with the first. */
export function comparedOf({ benchmark }: JobRequest, folder: JobFolder): string | null {
  const { compareWith } = benchmark ?? {};
  return compareWith ? (compareWith.scriptPath ?? folder.comparedScript) : null;
}

/** Null where there is none to look into: a command, a module that is no file of the folder. */
function sourceFileOf(request: JobRequest, folder: JobFolder): string | null {
  const { module, command, scriptPath, directory } = request;
  if (command) return null;
  if (module === undefined) return scriptPath ?? folder.script;
  const path = join(directory, ...module.split('.'));
  return [join(path, '__main__.py'), `${path}.py`].find(isFile) ?? null;
}

/** @throws JobError environment_failed when a command is not there */
export function argvOf(
  { module, command, scriptPath, args, directory }: JobRequest,
  folder: JobFolder,
  python: readonly string[],
  env: Record<string, string>,
): string[] {
  if (module !== undefined) return [...python, '-m', module, ...args];
  if (!command) return [...python, scriptPath ?? folder.script, ...args];
  const [name = '', ...rest] = command;
  const isPython = name === 'python' || name === 'python3';
  const program = isPython ? python : [executable(name, directory, env)];
  return [...program, ...rest, ...args];
}

/** The programs of its environment come first for a command and for what it starts. */
export function pathFor(interpreter: string, path: string | undefined): string {
  return [dirname(interpreter), path].filter(Boolean).join(delimiter);
}

function executable(name: string, directory: string, env: Record<string, string>): string {
  const places = name.includes('/') ? [directory] : (env['PATH'] ?? '').split(delimiter);
  const found = places.map((place) => resolve(directory, place, name)).find(isExecutable);
  if (found) return found;
  throw new JobError(
    'environment_failed',
    `${called('command')}: ${shown(name)} is neither in the environment nor on PATH. ` +
      `Add the package it comes from to ${called('dependencies')}, or correct the name.`,
  );
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return isFile(path);
  } catch {
    return false;
  }
}

function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() === true;
}
