/** Chooses an interpreter: the default one, or one that fits a version. Python 3.8 is the oldest. */
import { join } from 'node:path';
import { invalid, JobError, shown } from '../../core/job-error.ts';
import { unlessAborted } from '../context/abort.ts';
import type { EnvironmentContext } from '../context/context.ts';
import { fileStamp } from '../../os/file-stamp.ts';
import { pathFolders } from '../../os/search-path.ts';
import { candidatePaths } from './interpreter-candidates.ts';
import { interpreterCache, type Interpreter } from './interpreter-cache.ts';
import { compareVersions, isWithin, satisfies } from './version.ts';

type Surroundings = Pick<EnvironmentContext, 'home' | 'config' | 'env' | 'signal'>;

const OLDEST = '3.8';
const VERSION = /^3\.\d{1,2}(\.\d{1,2})?$/;

/**
 * The configured interpreter, else the first `python3` on PATH, else the newest one found.
 * Costs one stat per PATH folder up to the hit once it is known.
 * @throws JobError interpreter_unavailable
 */
export async function defaultInterpreter(context: Surroundings): Promise<Interpreter> {
  if (context.config.pythonPath) return configured(context.config.pythonPath, context);
  for (const folder of pathFolders(context.env)) {
    const found = await describe(join(folder, 'python3'), context);
    if (found && isSupported(found)) return found;
  }
  return best(await allInterpreters(context), () => true) ?? none();
}

async function configured(path: string, context: Surroundings): Promise<Interpreter> {
  const found = await describe(path, context);
  if (found && isSupported(found)) return found;
  throw new JobError(
    'interpreter_unavailable',
    `The configured interpreter (python) ${shown(path)} is not a working Python ${OLDEST} or newer. ` +
      'Correct the setting or remove it to use the first python3 on PATH.',
  );
}

function none(): never {
  throw new JobError(
    'interpreter_unavailable',
    `No Python ${OLDEST} or newer was found on PATH or in the folders of pyenv, asdf, uv and conda. ` +
      'Install one (for example `uv python install 3.13`) or name it in the setting `python`.',
  );
}

/**
 * The newest installed release of "3.12", or exactly "3.12.1".
 * @throws JobError invalid_request, interpreter_unavailable (naming what is installed)
 */
export async function interpreterOfVersion(
  version: string,
  context: Surroundings,
): Promise<Interpreter> {
  if (!VERSION.test(version)) {
    throw invalid('python_version', `${shown(version)} is not a version.`, 'Pass one like "3.12".');
  }
  const all = await allInterpreters(context);
  const found = best(all, (candidate) => isWithin(candidate.version, version));
  return found ?? unavailable(`Python ${version}`, version, all);
}

/**
 * The default interpreter if it satisfies `specifier` (">=3.11"), else the newest that does.
 * @throws JobError interpreter_unavailable
 */
export async function interpreterSatisfying(
  specifier: string,
  context: Surroundings,
): Promise<Interpreter> {
  const usual = await defaultInterpreter(context);
  if (satisfies(usual.version, specifier)) return usual;
  const all = await allInterpreters(context);
  const found = best(all, (candidate) => satisfies(candidate.version, specifier));
  return (
    found ??
    unavailable(`A Python for requires-python ${shown(specifier)}`, releaseFor(specifier), all)
  );
}

function unavailable(what: string, version: string | null, all: Interpreter[]): never {
  const versions = [...new Set(all.map((one) => one.version))].sort(compareVersions).join(', ');
  throw new JobError(
    'interpreter_unavailable',
    `${what} is not installed here. Available: ${versions || 'none'}. ` +
      `Ask for one of these${version && isReleased(version) ? `, or ask the user to run \`uv python install ${version}\`` : ''}.`,
  );
}

/** Minor releases there are, newest first: what may be advised. */
const RELEASED = ['3.14', '3.13', '3.12', '3.11', '3.10', '3.9', '3.8'];

function isReleased(version: string): boolean {
  return RELEASED.some((release) => isWithin(version, release));
}

/** The newest release line that satisfies `specifier` in its later versions. */
function releaseFor(specifier: string): string | null {
  return RELEASED.find((release) => satisfies(`${release}.99`, specifier)) ?? null;
}

/** Every supported interpreter of the machine, one per installation; virtual environments left out. */
export async function allInterpreters(context: Surroundings): Promise<Interpreter[]> {
  const paths = await candidatePaths(context.env);
  const found = await Promise.all(paths.map(async (path) => describe(path, context)));
  const byFile = new Map<string, Interpreter>();
  for (const one of found) {
    if (!one || !isSupported(one)) continue;
    const file = fileStamp(one.path) ?? one.path;
    if (!byFile.has(file)) byFile.set(file, one);
  }
  return [...byFile.values()];
}

/** At once when it is known, so that going through all of a machine's interpreters stays cheap. */
function describe(
  path: string,
  { home, env, signal }: Surroundings,
): Interpreter | null | Promise<Interpreter | null> {
  const cache = interpreterCache(home);
  const known = cache.recall(path, env);
  return known === undefined ? unlessAborted(cache.describe(path, env), signal) : known;
}

function isSupported(interpreter: Interpreter): boolean {
  return compareVersions(interpreter.version, OLDEST) >= 0;
}

/** Standard builds before others, newer before older, PATH order among equals. */
function best(
  all: Interpreter[],
  fits: (candidate: Interpreter) => boolean,
): Interpreter | undefined {
  const order = (a: Interpreter, b: Interpreter) =>
    Number(b.standard) - Number(a.standard) || compareVersions(b.version, a.version);
  return all.filter(fits).sort(order)[0];
}
