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

interface Remembered extends ImportReport {
  /** Stamps of the folders: an installation since then makes the report void. */
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
 * Null when nothing is missing. Most scripts are done after a look at their text; the interpreter is
 * asked once per content and environment, and its answer kept in `<home>/meta/imports`.
 */
export async function missingImports(
  source: ScriptSource,
  place: ScriptPlace,
  python: string,
  context: EnvironmentContext,
): Promise<ImportReport | null> {
  const candidates = scanOnce(source);
  if (candidates?.every((name) => isLocal(name, place))) return null;
  const { missing, folders } = await reportOn(source, place.path, python, context);
  const absent = missing.filter((name) => !isLocal(name.split('.')[0] ?? '', place));
  return absent.length > 0 ? { missing: absent, folders } : null;
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
  const folders = new Set([dirname(path), directory]);
  return [...folders].some(
    (folder) => fileStamp(join(folder, `${name}.py`)) ?? fileStamp(join(folder, name)),
  );
}

async function reportOn(
  source: ScriptSource,
  script: string,
  python: string,
  context: EnvironmentContext,
): Promise<ImportReport> {
  const about = [python, context.env['PYTHONPATH'] ?? '', source.text].join('\0');
  const key = createHash('sha256').update(about).digest('hex').slice(0, 32);
  const file = join(context.home, 'meta/imports', `${key}.json`);
  const known = reports.get(file) ?? readReport(file);
  if (known && known.folders.every((folder, index) => fileStamp(folder) === known.stamps[index])) {
    if (!reports.has(file)) reports.set(file, known);
    return known;
  }
  const report = await probeImports(python, script, context);
  const remembered = { ...report, stamps: report.folders.map(fileStamp) };
  reports.set(file, remembered);
  writeReport(file, remembered);
  return report;
}

function readReport(file: string): Remembered | null {
  try {
    const report = JSON.parse(readFileSync(file, 'utf8')) as Partial<Remembered>;
    const whole = [report.missing, report.folders, report.stamps].every(Array.isArray);
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
