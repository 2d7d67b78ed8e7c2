/**
 * Requirements by name, as in PEP 508: `name[extra] >=1,<2 ; marker`. Everything else that pip would
 * take in a requirements file (options, files, paths, URLs, repositories) is refused before anything
 * is started: docs/decisions/0012-requirements-by-name.md.
 */
import { invalid, shown } from '../../core/job-error.ts';
import { isMarker } from './markers.ts';

const NAME = /^[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?/;
const EXTRAS = /^\[\s*(?:[A-Za-z0-9][A-Za-z0-9._-]*\s*(?:,\s*[A-Za-z0-9][A-Za-z0-9._-]*\s*)*)?\]/;
const CLAUSE = /^(===|~=|==|!=|<=|>=|<|>)\s*([A-Za-z0-9][A-Za-z0-9._+!-]*(?:\.\*)?)$/;
const MAX_LENGTH = 500;
const MAX_COUNT = 200;

/**
 * Checked, in one spelling per meaning, sorted, without repetitions.
 * @throws JobError invalid_request naming the requirement
 */
export function normaliseRequirements(texts: readonly string[], parameter: string): string[] {
  if (texts.length > MAX_COUNT) {
    const problem = `${texts.length} requirements are too many (at most ${MAX_COUNT}).`;
    throw invalid(parameter, problem, 'Name only what the script imports itself.');
  }
  return [...new Set(texts.map((text) => normaliseRequirement(text, parameter)))].sort();
}

function normaliseRequirement(text: string, parameter: string): string {
  const requirement = parse(text.trim());
  if (requirement) return requirement;
  throw invalid(
    parameter,
    `${shown(text)} ${reasonAgainst(text)}`,
    'Write it like "requests>=2.31,<3".',
  );
}

function parse(text: string): string | null {
  if (text.length > MAX_LENGTH || hasControlCharacters(text)) return null;
  const [head = '', ...markerParts] = text.split(';');
  const marker = markerParts.join(';').trim();
  if (markerParts.length > 0 && !isMarker(marker)) return null;
  const name = NAME.exec(head)?.[0];
  if (!name) return null;
  const afterName = head.slice(name.length).trim();
  const extras = EXTRAS.exec(afterName)?.[0] ?? '';
  const clauses = parseClauses(afterName.slice(extras.length).trim());
  if (clauses === null) return null;
  const tail = marker ? ` ; ${marker.replace(/\s+/g, ' ')}` : '';
  return normaliseName(name) + normaliseExtras(extras) + clauses + tail;
}

function parseClauses(text: string): string | null {
  if (text === '') return '';
  const bare = /^\((.*)\)$/.exec(text)?.[1] ?? text;
  const clauses = bare.split(',').map((clause) => CLAUSE.exec(clause.trim()));
  if (clauses.some((clause) => clause === null)) return null;
  return clauses
    .map((clause) => `${clause![1]}${clause![2]}`)
    .sort()
    .join(',');
}

function normaliseExtras(text: string): string {
  const names = text
    .slice(1, -1)
    .split(',')
    .map((extra) => normaliseName(extra.trim()));
  const extras = names.filter((extra) => extra !== '').sort();
  return extras.length > 0 ? `[${extras.join(',')}]` : '';
}

/** One spelling for `Foo.Bar`, `foo_bar` and `foo-bar` (PEP 503). */
export function normaliseName(name: string): string {
  return name.toLowerCase().replace(/[-_.]+/g, '-');
}

/** The distribution a checked requirement is about. */
export function nameOf(requirement: string): string {
  return normaliseName(NAME.exec(requirement)?.[0] ?? '');
}

function hasControlCharacters(text: string): boolean {
  // oxlint-disable-next-line no-control-regex
  return /[\u0000-\u001f\u007f]/.test(text);
}

function reasonAgainst(text: string): string {
  if (text.trim() === '') return 'is empty.';
  if (text.trim().startsWith('-')) return 'is an option of pip, not a package.';
  if (/@|:\/\//.test(text))
    return 'names a location: packages come from the configured index only.';
  if (/^[./~]|\\|\/|\.whl$/.test(text.trim()))
    return 'is a path: packages come from the configured index only.';
  return 'is not a requirement (PEP 508).';
}
