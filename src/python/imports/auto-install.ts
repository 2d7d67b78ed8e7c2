/** Adds what a script imports and its environment lacks, as far as the names are well known. */
import { JobError } from '../../core/job-error.ts';
import type { EnvironmentContext } from '../context/context.ts';
import { builtChoice, type Choice } from '../build/choice.ts';
import { packagesOf, type EnvironmentPlan } from '../build/environment-plan.ts';
import type { ImportReport } from './import-probe.ts';
import { distributionsFor } from '../requirements/import-names.ts';
import { knownDistributions } from './known-distributions.ts';
import { missingImports, type ScriptPlace } from './missing-imports.ts';
import { nameOf } from '../requirements/requirements.ts';
import type { ScriptSource } from '../surroundings/script-source.ts';

interface Decision {
  install: string[];
  notes: string[];
}

/** A failed installation is not tried again at once: offline it may take long to fail. */
const RETRY_MS = 60_000;
const failedAt = new Map<string, number>();

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
  const { install, notes } = await decide(report.missing, choice.requirements ?? []);
  const noted = { ...choice, notes: [...choice.notes, ...notes, ...fromSystem(choice, report)] };
  if (install.length === 0) return noted;
  return tryInstall(noted, install, report, context);
}

/** Packages that came with an interpreter of the machine: elsewhere the script would lack them. */
function fromSystem({ source, python }: Choice, { present }: ImportReport): string[] {
  const isOfMachine = source === 'default-interpreter' || source === 'requested-version';
  if (!isOfMachine || present.length === 0) return [];
  return [
    `${present.join(', ')}: taken from ${python}; name them in \`dependencies\` to pin them.`,
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
