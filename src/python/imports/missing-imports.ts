/** Which packages a script imports that its environment does not have. */
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { Newest } from '../../core/newest.ts';
import type { EnvironmentContext } from '../context/context.ts';
import { writeAtomic } from '../../os/atomic-file.ts';
import { fileStamp } from '../../os/file-stamp.ts';
import { probeImports, type ImportReport } from './import-probe.ts';
import { scanImports } from './import-scan.ts';
import type { ScriptSource } from '../surroundings/script-source.ts';
import { ALWAYS_IN_STDLIB } from './stdlib-names.ts';

/** Raised when reports of older versions say too little. */
const REPORT = '2';

interface Remembered extends ImportReport {
  /** Stamps of what it rests on: an installation or a change since then makes the report void. */
  stamps: (string | null)[];
}

export interface ScriptPlace {
  path: string;
  /** Working directory of the job: importable, as is the script's own folder. */
  directory: string;
}

/** Modules that every job can import from us. */
const OURS = new Set(['python_mcp']);

const scans = new WeakMap<ScriptSource, string[] | null>();
const MOST_REPORTS = 500;
const reports = new Newest<string, Remembered>(MOST_REPORTS);

/**
 * Null when only the standard library is imported. Such scripts are done after a look at their text; the interpreter is
 * asked once per content and environment, and its answer kept in `<home>/meta/imports`.
 */
export async function missingImports(
  source: ScriptSource,
  place: ScriptPlace,
  python: string,
  context: EnvironmentContext,
): Promise<ImportReport | null> {
  const candidates = scanOnce(source);
  if (candidates?.length === 0) return null;
  // Without modules of its own the same text has the same report wherever it lies.
  const hasModules = !candidates || candidates.some((name) => isLocal(name, place));
  const own = hasModules ? ownFolders(place) : [];
  const report = await reportOn(source, place.path, own, python, context);
  const isOther = (name: string) => !isLocal(name.split('.')[0] ?? '', place);
  return {
    ...report,
    missing: report.missing.filter(isOther),
    present: report.present.filter(isOther),
  };
}

function scanOnce(source: ScriptSource): string[] | null {
  let names = scans.get(source);
  if (names === undefined) {
    const found = scanImports(source.text);
    names = found && [...found].filter((name) => !ALWAYS_IN_STDLIB.has(name) && !OURS.has(name));
    scans.set(source, names);
  }
  return names;
}

/** A module or package beside the script or in its directory goes before any that is installed. */
function isLocal(name: string, { path, directory }: ScriptPlace): boolean {
  if (OURS.has(name)) return true;
  return ownFolders({ path, directory }).some(
    (folder) => fileStamp(join(folder, `${name}.py`)) ?? fileStamp(join(folder, name)),
  );
}

function ownFolders({ path, directory }: ScriptPlace): string[] {
  return [...new Set([dirname(path), directory])];
}

async function reportOn(
  source: ScriptSource,
  script: string,
  own: string[],
  python: string,
  context: EnvironmentContext,
): Promise<ImportReport> {
  const about = [REPORT, python, ...own, context.env['PYTHONPATH'] ?? '', source.text].join('\0');
  const key = createHash('sha256').update(about).digest('hex').slice(0, 32);
  const file = join(context.home, 'meta/imports', `${key}.json`);
  const known = reports.get(file) ?? readReport(file);
  if (known && isCurrent(known)) {
    if (!reports.has(file)) reports.set(file, known);
    return known;
  }
  const report = await probeImports(python, script, own, context);
  const remembered = { ...report, stamps: watched(report).map(fileStamp) };
  reports.set(file, remembered);
  writeReport(file, remembered);
  return report;
}

function isCurrent(known: Remembered): boolean {
  return watched(known).every((path, index) => fileStamp(path) === known.stamps[index]);
}

function watched({ folders, modules }: ImportReport): string[] {
  return [...folders, ...modules];
}

function readReport(file: string): Remembered | null {
  try {
    const report = JSON.parse(readFileSync(file, 'utf8')) as Partial<Remembered>;
    const whole = [
      report.missing,
      report.folders,
      report.present,
      report.modules,
      report.stamps,
    ].every(Array.isArray);
    return whole ? (report as Remembered) : null;
  } catch {
    return null;
  }
}

/** A report that cannot be kept is asked for again. */
function writeReport(file: string, report: Remembered): void {
  try {
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
    writeAtomic(file, JSON.stringify(report));
  } catch {
    return;
  }
}
