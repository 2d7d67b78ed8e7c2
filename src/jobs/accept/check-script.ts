/** Checks where a script runs and what it is, before anything is written. */
import { isUtf8 } from 'node:buffer';
import { accessSync, constants, readFileSync, statSync } from 'node:fs';
import { dirname, isAbsolute, resolve } from 'node:path';
import { invalid, shown } from '../../core/job-error.ts';
import { parseInlineMetadata } from '../../python/requirements/inline-metadata.ts';

export interface ScriptInput {
  /** Null: the job's own work folder. Absent: the script's folder, or that for inline code. */
  directory?: string | null | undefined;
  script_path?: string | undefined;
  script_content?: string | undefined;
  module?: string | undefined;
  command?: string[] | undefined;
}

export interface CheckedScript {
  /** Null: the job's own work folder, which does not exist yet. */
  directory: string | null;
  /** Null: inline code. */
  path: string | null;
  source: string | null;
  module?: string;
  command?: string[];
}

const LARGEST_SCRIPT = 16 * 1024 * 1024;
const FOLDER_REMEDY = 'Pass the absolute path of an existing folder.';
const FILE_REMEDY = 'Pass the path of a Python file, absolute or relative to directory.';

/** @throws JobError invalid_request */
export function checkScript(input: ScriptInput): CheckedScript {
  const { script_path: path, script_content: content, module, command } = input;
  checkCount(input);
  const directory = input.directory ? checkDirectory(input.directory) : null;
  const none = { directory, path: null, source: null };
  if (content !== undefined) return { ...none, source: checkSource(content) };
  if (module !== undefined) return { ...none, module: checkModule(module) };
  if (command !== undefined) return { ...none, command: checkCommand(command) };
  const file = checkFile(String(path), directory);
  const folder = input.directory === null ? null : (directory ?? dirname(file));
  return { directory: folder, path: file, source: null };
}

const PROGRAMS = ['script_content', 'script_path', 'module', 'command'] as const;

function checkCount(input: ScriptInput): void {
  const given = PROGRAMS.filter((name) => input[name] !== undefined);
  if (given.length === 1) return;
  throw invalid(
    given.length === 0 ? 'script_content' : given.join(' / '),
    given.length === 0 ? 'there is nothing to run.' : `only one of them can be run.`,
    'Pass exactly one of script_content (code), script_path (file), module, command.',
  );
}

function checkModule(name: string): string {
  if (/^[\p{L}_][\p{L}\p{N}_]*(?:\.[\p{L}_][\p{L}\p{N}_]*)*$/u.test(name)) return name;
  throw invalid(
    'module',
    `${shown(name)} is not the dotted name of a module.`,
    'Pass one such as "package.module", and the folder that holds the package as directory.',
  );
}

function checkCommand(command: string[]): string[] {
  if (command[0]) return command;
  const remedy = 'Pass the program and its arguments, such as ["pytest", "-q"].';
  throw invalid('command', `${shown(command)} names no program.`, remedy);
}

function checkDirectory(named: string): string {
  refuseNul('directory', named);
  const directory = resolve(named);
  const stat = statSync(directory, { throwIfNoEntry: false });
  if (!stat) throw invalid('directory', doesNotExist(named, directory), FOLDER_REMEDY);
  if (!stat.isDirectory()) {
    throw invalid('directory', `${shown(named)} is not a folder.`, FOLDER_REMEDY);
  }
  try {
    accessSync(directory, constants.R_OK | constants.X_OK);
  } catch {
    throw invalid('directory', `${shown(named)} cannot be entered.`, FOLDER_REMEDY);
  }
  return directory;
}

function checkSource(content: string): string {
  refuseNul('script_content', content);
  if (content.length > LARGEST_SCRIPT) {
    throw invalid(
      'script_content',
      `${content.length} characters are too many.`,
      'Save the code as a file and pass script_path.',
    );
  }
  if (!content.isWellFormed()) {
    throw invalid(
      'script_content',
      'it contains half of a surrogate pair, which UTF-8 cannot hold.',
      'Send valid Unicode text.',
    );
  }
  parseInlineMetadata(content);
  return content;
}

function checkFile(named: string, directory: string | null): string {
  refuseNul('script_path', named);
  if (directory === null && !isAbsolute(named)) {
    throw invalid('script_path', `${shown(named)} is relative.`, 'Pass an absolute path.');
  }
  refuseNotebook(named);
  const path = isAbsolute(named) ? named : resolve(directory ?? '/', named);
  const stat = statSync(path, { throwIfNoEntry: false });
  if (!stat) throw invalid('script_path', doesNotExist(named, path), FILE_REMEDY);
  if (!stat.isFile()) throw invalid('script_path', `${shown(named)} is not a file.`, FILE_REMEDY);
  if (stat.size > LARGEST_SCRIPT) {
    throw invalid('script_path', `${shown(named)} has ${stat.size} bytes.`, FILE_REMEDY);
  }
  checkText(named, readBytes(path, named));
  return path;
}

function refuseNotebook(named: string): void {
  if (!/\.ipynb$/i.test(named)) return;
  throw invalid(
    'script_path',
    `${shown(named)} is a notebook.`,
    'Pass its code without % and ! lines, or run it by command: ["jupyter", "execute", …], with "jupyter" in dependencies.',
  );
}

/** Whoever named a relative path may have thought of another folder. */
function doesNotExist(named: string, path: string): string {
  return `${shown(named)} does not exist${named === path ? '' : ` (${path})`}.`;
}

function readBytes(path: string, named: string): Buffer {
  try {
    return readFileSync(path);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw invalid('script_path', `${shown(named)} cannot be read (${code}).`, FILE_REMEDY);
  }
}

/** Python reads other encodings when the file declares one; without a declaration it must be UTF-8. */
function checkText(named: string, bytes: Buffer): void {
  if (isUtf8(bytes)) {
    parseInlineMetadata(bytes.toString('utf8'));
    return;
  }
  const opening = bytes.subarray(0, 400).toString('latin1').split('\n', 2).join('\n');
  if (/^[ \t\f]*#.*?coding[:=]/m.test(opening)) return;
  throw invalid(
    'script_path',
    `${shown(named)} is not valid UTF-8 and declares no encoding.`,
    'Save it as UTF-8, or put "# -*- coding: <name> -*-" in its first line.',
  );
}

export function refuseNul(parameter: string, value: string): void {
  if (value.includes('\0')) {
    throw invalid(parameter, `${shown(value)} contains a NUL character.`, 'Remove it.');
  }
}
