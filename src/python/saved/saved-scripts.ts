/** Scripts kept by name in one folder: safe names, whole files, metadata read once per change. */
import { mkdirSync } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { invalid, JobError, shown } from '../../core/job-error.ts';
import { called } from '../../core/wording.ts';
import { docstringTitle } from './docstring.ts';
import { mergeMetadata, type Wanted } from './merge-metadata.ts';
import { Newest } from '../../core/newest.ts';
import { writeAtomic } from '../../os/atomic-file.ts';
import { fileStamp, regularFileStamp } from '../../os/file-stamp.ts';
import { parseInlineMetadata } from '../requirements/inline-metadata.ts';
import { normaliseRequirements } from '../requirements/requirements.ts';
import { readScript } from '../surroundings/script-source.ts';
import { OLD_STDLIB } from '../imports/stdlib-names.ts';
import { isSpecifier } from '../interpreters/version.ts';

export interface SaveRequest {
  name: string;
  source: string;
  dependencies: string[];
  requiresPython: string | null;
  overwrite: boolean;
}

export interface SavedScript {
  name: string;
  path: string;
  /** First line of the docstring. */
  description: string | null;
  dependencies: string[];
  requiresPython: string | null;
  /** ISO 8601, UTC. */
  modifiedAt: string;
  /** Why its metadata cannot be used; null when all is well. */
  problem: string | null;
}

const NAME = /^[a-z0-9][a-z0-9_-]{0,62}$/;
/** Devices on Windows, whatever the extension; modules that the script would hide from the others. */
const RESERVED = new Set([
  ...'con prn aux nul'.split(' '),
  ...[1, 2, 3, 4, 5, 6, 7, 8, 9].flatMap((digit) => [`com${digit}`, `lpt${digit}`]),
  ...`${OLD_STDLIB} tomllib zoneinfo graphlib python_mcp sitecustomize usercustomize`.split(' '),
]);
const MAX_SOURCE_BYTES = 1024 ** 2;

/**
 * Path of the saved script.
 * @throws JobError invalid_request for an unsafe name, naming what exists when there is none
 */
export async function findSavedScript(folder: string, name: string): Promise<string> {
  const path = pathOf(folder, name);
  if (regularFileStamp(path)) return path;
  const names = (await listSavedScripts(folder)).map((script) => script.name).slice(0, 20);
  const problem = `there is no saved script ${shown(name)}.`;
  const remedy = names.length > 0 ? `Saved are: ${names.join(', ')}.` : 'None is saved yet.';
  throw invalid('script_name', problem, `${remedy} ${called('py_save_script')} saves one.`);
}

function pathOf(folder: string, name: string): string {
  const remedy = 'Use lower-case letters, digits, "-" and "_", up to 63 characters.';
  if (!NAME.test(name)) throw invalid('script_name', `${shown(name)} is not a safe name.`, remedy);
  if (RESERVED.has(name)) {
    throw invalid('script_name', `${shown(name)} is a reserved word.`, 'Choose another name.');
  }
  return join(folder, `${name}.py`);
}

/**
 * Writes the whole file or nothing; what is asked for becomes part of its inline metadata.
 * @throws JobError invalid_request, storage
 */
export async function saveScript(
  folder: string,
  request: SaveRequest,
): Promise<{ path: string; source: string }> {
  const path = pathOf(folder, request.name);
  checkSource(request.source);
  const source = withWanted(request.source, wantedOf(request));
  place(folder, path, source, request);
  return { path, source };
}

function checkSource(source: string): void {
  const remedy = 'Pass the text of a Python script.';
  if (source.trim() === '') throw invalid('source', 'it is empty.', remedy);
  if (source.includes('\0')) throw invalid('source', 'it holds a NUL character.', remedy);
  if (!source.isWellFormed()) throw invalid('source', 'it is not valid Unicode.', remedy);
  const bytes = Buffer.byteLength(source);
  if (bytes > MAX_SOURCE_BYTES) {
    throw invalid(
      'source',
      `${bytes} bytes are too many (at most 1 MiB).`,
      'Save a shorter script.',
    );
  }
}

/** Null when nothing was asked for. */
function wantedOf({ dependencies, requiresPython }: SaveRequest): Wanted | null {
  if (dependencies.length === 0 && requiresPython === null) return null;
  if (requiresPython !== null && !isSpecifier(requiresPython)) {
    const problem = `${shown(requiresPython)} is not a version specifier.`;
    throw invalid('requires_python', problem, 'Write it like ">=3.11".');
  }
  return { dependencies: normaliseRequirements(dependencies, 'dependencies'), requiresPython };
}

/** @throws JobError invalid_request for metadata of its own that cannot be read */
function withWanted(source: string, wanted: Wanted | null): string {
  const own = parseInlineMetadata(source);
  if (wanted === null) return source;
  return own ? mergeMetadata(source, own, wanted) : withHeader(source, headerFor(wanted));
}

function headerFor({ dependencies, requiresPython }: Wanted): string {
  const lines = ['# /// script'];
  if (requiresPython !== null) lines.push(`# requires-python = ${JSON.stringify(requiresPython)}`);
  lines.push('# dependencies = [', ...dependencies.map((one) => `#   ${JSON.stringify(one)},`));
  return [...lines, '# ]', '# ///', ''].join('\n');
}

/** After a `#!` line and an encoding line, which only count at the top. */
function withHeader(source: string, header: string): string {
  const top = /^(?:#![^\n]*\n)?(?:#[^\n]*coding[:=][^\n]*\n)?/.exec(source)?.[0] ?? '';
  return `${top}${header}${source.slice(top.length)}`;
}

function place(
  folder: string,
  path: string,
  source: string,
  { name, overwrite }: SaveRequest,
): void {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    writeAtomic(path, source, { replace: overwrite });
  } catch (cause) {
    const { code, syscall } = cause as NodeJS.ErrnoException;
    if (code === 'EEXIST' && syscall === 'link') {
      throw invalid(
        'script_name',
        `${shown(name)} exists.`,
        `Pass ${called('overwrite: true')} to replace it.`,
      );
    }
    const message = `${path} could not be written: ${(cause as Error).message}. Check the folder.`;
    throw new JobError('storage', message, { cause });
  }
}

/** By name; files that are no saved scripts are left out. */
export async function listSavedScripts(folder: string): Promise<SavedScript[]> {
  const files = await readdir(folder).catch(() => []);
  const names = files.filter((file) => file.endsWith('.py')).map((file) => file.slice(0, -3));
  const safe = names.filter((name) => NAME.test(name) && !RESERVED.has(name)).sort();
  const found = await Promise.all(safe.map((name) => describeScript(folder, name)));
  return found.filter((script) => script !== null);
}

const MOST_DESCRIBED = 1_000;
const described = new Newest<string, { stamp: string; script: SavedScript }>(MOST_DESCRIBED);

async function describeScript(folder: string, name: string): Promise<SavedScript | null> {
  const path = join(folder, `${name}.py`);
  const stamp = fileStamp(path);
  if (!stamp) return null;
  const known = described.get(path);
  if (known?.stamp === stamp) return known.script;
  const stats = await stat(path).catch(() => null);
  if (!stats?.isFile()) return null;
  const script = { name, path, modifiedAt: stats.mtime.toISOString(), ...(await readFacts(path)) };
  described.set(path, { stamp, script });
  return script;
}

type Facts = Pick<SavedScript, 'description' | 'dependencies' | 'requiresPython' | 'problem'>;

async function readFacts(path: string): Promise<Facts> {
  const none = { description: null, dependencies: [], requiresPython: null };
  try {
    const { text, metadata } = await readScript(path);
    const { dependencies = [], requiresPython = null } = metadata ?? {};
    return { description: docstringTitle(text), dependencies, requiresPython, problem: null };
  } catch (error) {
    return { ...none, problem: (error as Error).message };
  }
}
