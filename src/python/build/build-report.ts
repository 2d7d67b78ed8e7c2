/** How far the building of an environment is, from what its installer has said so far. */

export interface BuildReport {
  /** How many packages were resolved; null before that is known. */
  packages: number | null;
  /** Those it works on now; before any, what was asked for. */
  names: string[];
  /** Of those, the ones compiled here, which may take many minutes. */
  fromSource: string[];
  seconds: number;
  /** Empty when nothing was said yet. */
  newestLine: string;
}

const STARTED =
  /^\s*(?:Downloading|Building|Collecting) (?!an environment)(?:wheel for )?(?<name>[\w.-]+)/;
const BUILDING = /^\s*Building (?:wheel for )?(?<name>[\w.-]+)(?:==| \(|$| @)/;
const FINISHED =
  /^\s*(?:Downloaded|Built) (?<name>[\w.-]+)|^\s*Building wheel for (?<wheel>[\w.-]+) .*finished/;
const RESOLVED = /^Resolved (?<count>\d+) packages?/;
const ASKED = /^Building an environment: (?<list>.+)/;
const MOST_NAMES = 5;

/** @param text environment.log, or its newest part */
export function buildReport(text: string, seconds: number): BuildReport {
  const report: BuildReport = {
    packages: null,
    names: [],
    fromSource: [],
    seconds,
    newestLine: '',
  };
  let asked: string[] = [];
  const working = new Map<string, boolean>();
  for (const line of text.split('\n').filter((one) => one.trim() !== '')) {
    asked = ASKED.exec(line)?.groups?.['list']?.split(', ') ?? asked;
    report.packages = Number(RESOLVED.exec(line)?.groups?.['count'] ?? report.packages) || null;
    report.newestLine = line.trim();
    follow(line, working);
  }
  const names = [...working.keys()];
  report.names = names.length > 0 ? names : asked;
  report.fromSource = names.filter((name) => working.get(name));
  return report;
}

/** Keeps what has begun and not ended; true: it is being compiled. */
function follow(line: string, working: Map<string, boolean>): void {
  const finished = FINISHED.exec(line)?.groups;
  const started = STARTED.exec(line)?.groups?.['name'];
  if (finished) working.delete(finished['name'] ?? finished['wheel'] ?? '');
  else if (started) working.set(started, BUILDING.test(line));
}

/** For a reader that waits: "3 packages, 41 s, building docopt from source; newest: …". */
export function describeBuild(report: BuildReport): string {
  const { packages, names, fromSource, seconds, newestLine } = report;
  const count = packages === null ? [] : [packages === 1 ? '1 package' : `${packages} packages`];
  const others = names.filter((name) => !fromSource.includes(name));
  const work = [
    ...(fromSource.length > 0 ? [`building ${listOf(fromSource)} from source`] : []),
    ...(others.length > 0 ? [`working on ${listOf(others)}`] : []),
  ];
  const newest = newestLine ? `; newest line: ${newestLine.slice(0, 200)}` : '';
  return [...count, `${Math.round(seconds)} s so far`, ...work].join(', ') + newest;
}

function listOf(names: string[]): string {
  const more = names.length > MOST_NAMES ? ` and ${names.length - MOST_NAMES} more` : '';
  return names.slice(0, MOST_NAMES).join(', ') + more;
}
