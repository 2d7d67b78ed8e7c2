/** Adds what a script imports and its environment lacks, as far as the names are well known. */
import { dirname } from 'node:path';
import { JobError } from '../../core/job-error.ts';
import { Newest } from '../../core/newest.ts';
import type { EnvironmentContext } from '../context/context.ts';
import { builtChoice, type Choice } from '../build/choice.ts';
import { packagesOf, type EnvironmentPlan } from '../build/environment-plan.ts';
import type { ImportReport } from './import-probe.ts';
import { distributionsFor } from '../requirements/import-names.ts';
import { knownDistributions } from './known-distributions.ts';
import { missingImports, type ScriptPlace } from './missing-imports.ts';
import { requirementsFile, type RequirementsFile } from '../requirements/requirements-file.ts';
import { nameOf } from '../requirements/requirements.ts';
import type { ScriptSource } from '../surroundings/script-source.ts';

interface Decision {
  install: string[];
  notes: string[];
}

/** A failed installation is not tried again at once: offline it may take long to fail. */
const RETRY_MS = 60_000;
const MOST_REMEMBERED = 200;
const failedAt = new Newest<string, number>(MOST_REMEMBERED);

/** The same choice when nothing is missing. A failure leaves it as it is, with a note. */
export async function withMissingImports(
  choice: Choice,
  source: ScriptSource,
  place: ScriptPlace,
  context: EnvironmentContext,
): Promise<Choice> {
  const report = await missingImports(source, place, choice.python, context).catch(messageOf);
  if (report === null) return choice;
  if (typeof report === 'string') return { ...choice, notes: [...choice.notes, report] };
  const listed = await withRequirementsFile(choice, report, place, context);
  if (listed.source === 'requirements-file') return listed;
  const { install, notes } = await decide(report.missing, choice.requirements ?? []);
  const noted = { ...listed, notes: [...listed.notes, ...notes, ...fromSystem(choice, report)] };
  if (install.length === 0) return noted;
  return tryInstall(noted, install, report, context);
}

/**
 * Where nothing else says what to install, a requirements.txt does, for scripts that need more than
 * the standard library. It lies on top of the interpreter's own packages, so that nothing is lost.
 */
async function withRequirementsFile(
  choice: Choice,
  { missing, present, folders }: ImportReport,
  place: ScriptPlace,
  context: EnvironmentContext,
): Promise<Choice> {
  const file = isOfMachine(choice) && missing.length + present.length > 0 ? beside(place) : null;
  if (!file) return choice;
  const { install, notes } = await decide(missing, file.requirements);
  const requirements = [...file.requirements, ...install].sort();
  const content = { kind: 'packages' as const, requirements, parents: folders };
  const all = [...choice.notes, ...file.notes, ...notes];
  const attempt = `${choice.python} ${file.path} ${requirements.join(' ')}`;
  try {
    if (Date.now() - (failedAt.get(attempt) ?? 0) < RETRY_MS) return unlisted(choice, file);
    const plan = { interpreter: choice.interpreter, content };
    return await builtChoice(plan, 'requirements-file', all, context);
  } catch (error) {
    if (!(error instanceof JobError)) throw error;
    failedAt.set(attempt, Date.now());
    return unlisted(choice, file, error);
  }
}

function unlisted(choice: Choice, { path }: RequirementsFile, error?: JobError): Choice {
  const reason = error ? `: ${error.message.slice(0, 500)}` : ' a moment ago.';
  const note = `${path} is not used, installing it failed${reason}`;
  return { ...choice, notes: [...choice.notes, note] };
}

function beside({ path, directory }: ScriptPlace): RequirementsFile | null {
  return requirementsFile([...new Set([dirname(path), directory])]);
}

function isOfMachine({ source }: Choice): boolean {
  return source === 'default-interpreter' || source === 'requested-version';
}

/** Packages that came with an interpreter of the machine: elsewhere the script would lack them. */
function fromSystem(choice: Choice, { present }: ImportReport): string[] {
  if (!isOfMachine(choice) || present.length === 0) return [];
  return [
    `${present.join(', ')}: taken from ${choice.python}; name them as dependencies to pin them.`,
  ];
}

function messageOf(error: unknown): string {
  if (error instanceof JobError) return error.message;
  throw error;
}

async function decide(missing: string[], requirements: string[]): Promise<Decision> {
  const known = await knownDistributions();
  const named = new Set(requirements.map(nameOf));
  const install = new Set<string>();
  const notes: string[] = [];
  for (const name of missing) {
    const candidates = distributionsFor(name);
    if (candidates.some(({ distribution }) => named.has(distribution))) continue;
    const found = candidates.find(({ distribution, vetted }) => vetted || known.has(distribution));
    if (found) install.add(found.distribution);
    else notes.push(skipped(name));
  }
  return { install: [...install].sort(), notes };
}

function skipped(name: string): string {
  return (
    `import ${name}: not installed, because no well-known package goes by that name. ` +
    'If it is right, name the package it comes from as a dependency.'
  );
}

async function tryInstall(
  choice: Choice,
  install: string[],
  report: ImportReport,
  context: EnvironmentContext,
): Promise<Choice> {
  const list = install.join(', ');
  const attempt = `${choice.python} ${list}`;
  try {
    if (Date.now() - (failedAt.get(attempt) ?? 0) < RETRY_MS) return failed(choice, list);
    const plan = planFor(choice, install, report);
    const source = choice.requirements ? choice.source : 'detected-imports';
    const built = await builtChoice(plan, source, choice.notes, context);
    if (!built.builtNow) return built;
    return { ...built, notes: [...built.notes, `Installed for the script's imports: ${list}.`] };
  } catch (error) {
    if (!(error instanceof JobError)) throw error;
    failedAt.set(attempt, Date.now());
    return failed(choice, list, error);
  }
}

/** Named requirements and detected ones are resolved together; else they come on top of what is. */
function planFor(choice: Choice, install: string[], report: ImportReport): EnvironmentPlan {
  const { interpreter, requirements, indexes } = choice;
  const content = requirements
    ? packagesOf([...requirements, ...install].sort(), indexes)
    : { kind: 'packages' as const, requirements: install, parents: report.folders };
  return { interpreter, content };
}

function failed(choice: Choice, list: string, error?: JobError): Choice {
  const reason = error ? `: ${error.message.slice(0, 500)}` : ' a moment ago.';
  const note = `The script runs without ${list}, which it imports: installing failed${reason}`;
  return { ...choice, notes: [...choice.notes, note] };
}
