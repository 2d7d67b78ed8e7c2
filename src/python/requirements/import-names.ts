/**
 * From import names to distributions. Most bear the name that is imported; the table has those that
 * do not. Parts of namespace packages (`google.cloud.storage`) are told apart by their dotted name.
 */
import { IMPORT_NAME_TABLE } from './import-name-table.ts';
import { normaliseName } from './requirements.ts';

/** Packages that many distributions share: the top-level name does not say which one is meant. */
export const NAMESPACES =
  'google azure zope ruamel opentelemetry snowflake databricks jaraco backports mysql sphinxcontrib';

/** Names that scripts give to modules of their own, though distributions of that name exist. */
const USUALLY_LOCAL = new Set(
  'app auth base board cli client common config constants core data dataset database db helper helpers lib logger main model models module network parser routes schema scripts server service services settings setup src test tests tools trainer util utils'.split(
    ' ',
  ),
);

let table: Map<string, string> | null = null;
let byRequirement: Map<string, string> | null = null;

/**
 * Distributions that could provide `name` ("yaml", "google.cloud.storage"), the likeliest first.
 * Those of the table are vetted; the others are guesses, to be checked against the known names.
 */
export function distributionsFor(name: string): { distribution: string; vetted: boolean }[] {
  table ??= tableOf((name) => name);
  const found = [];
  for (let part = name; part !== ''; part = part.slice(0, Math.max(part.lastIndexOf('.'), 0))) {
    const listed = table.get(part);
    if (listed) found.push({ distribution: listed, vetted: true });
    else if (isGuess(part)) found.push({ distribution: normaliseName(part), vetted: false });
  }
  return found;
}

/** A namespace by itself is no distribution to guess: `google` is an unrelated package. */
function isGuess(part: string): boolean {
  return !USUALLY_LOCAL.has(part) && !NAMESPACES.split(' ').includes(part);
}

/** The distribution that is meant where an import name stands for a requirement ("cv2", "PIL"). */
export function distributionMeant(requirement: string): string | null {
  byRequirement ??= tableOf(normaliseName);
  const meant = byRequirement.get(normaliseName(requirement)) ?? null;
  return meant === normaliseName(requirement) ? null : meant;
}

function tableOf(spelt: (name: string) => string): Map<string, string> {
  const lines = IMPORT_NAME_TABLE.trim().split('\n');
  return new Map(
    lines.map((line) => {
      const [name = '', distribution = ''] = line.split(' ');
      return [spelt(name), distribution];
    }),
  );
}
