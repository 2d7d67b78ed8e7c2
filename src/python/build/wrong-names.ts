/** Which names of a failed installation are wrong: all of them, though installers stop at the first. */
import { distributionMeant } from '../requirements/import-names.ts';
import { nameOf, normaliseName } from '../requirements/requirements.ts';

/** Tries to resolve without installing; the installer's words, or null when all were found. */
export type TryResolve = (requirements: string[]) => Promise<string | null>;

const NOT_FOUND =
  /(?<name>[\w.-]+) was not found in the (?:package registry|provided package locations|cache)|satisfies the requirement (?<pip>[\w.-]+)[^()]*\(from versions: none\)/g;
/** pip says "none" of those for another Python, too. */
const OTHER_PYTHON = /Ignored the following versions/;
/** So many wrong names are told; a call with more is no list of packages. */
const MOST = 20;

/**
 * Names that the package index does not have, and import names of other packages.
 * @param output what the installer said when it failed
 */
export async function wrongNames(
  output: string,
  requirements: readonly string[],
  tryResolve: TryResolve,
): Promise<string[]> {
  const wrong = new Set<string>();
  let left = [...requirements];
  for (let words: string | null = output; words !== null && wrong.size < MOST;) {
    const missing = notFound(words).filter((name) => left.some((one) => nameOf(one) === name));
    if (missing.length === 0) break;
    for (const name of missing) wrong.add(name);
    left = left.filter((one) => !wrong.has(nameOf(one)));
    words = left.length > 0 ? await tryResolve(left) : null;
  }
  return [...wrong].sort();
}

function notFound(output: string): string[] {
  if (OTHER_PYTHON.test(output)) return [];
  const joined = output.replace(/\s*\n\s*/g, ' ');
  return [...joined.matchAll(NOT_FOUND)].map(({ groups }) =>
    normaliseName(groups?.['name'] ?? groups?.['pip'] ?? ''),
  );
}

/** "yaml (the package is pyyaml), requestz"; import names are listed though the index has them. */
export function describeNames(names: readonly string[]): string {
  return names
    .map((name) => {
      const meant = distributionMeant(name);
      return meant ? `${name} (the package is ${meant})` : name;
    })
    .join(', ');
}
