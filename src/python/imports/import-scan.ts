/**
 * A quick look at the import statements of a script, so that Python is only started to parse it when
 * there may be something to install. It may see imports that are none (in strings and comments) but
 * misses none that Python would see.
 */

const KEYWORD = /\b(?:import|from)\b/;
const STATEMENT =
  /\bfrom\b(?<dots>[.\s]*)(?<module>\w+)?(?:\s*\.\s*\w+)*\s+import\b|\bimport\b(?<list>[^;#]*)/g;
const ITEM = /^\s*(?<name>[A-Za-z_]\w*)(?:\s*\.\s*\w+)*(?:\s+as\s+\w+)?\s*$/;
/** A continued line, or names in other letters: left to Python. */
const UNCLEAR = /\\\s*$|[^\t\f -~]/;
const LONGEST_LINE = 2000;

/** Top-level names that may be imported; null when only Python can tell. */
export function scanImports(source: string): Set<string> | null {
  const names = new Set<string>();
  for (const line of source.split(/\r\n|\r|\n/)) {
    if (!KEYWORD.test(line)) continue;
    if (line.length > LONGEST_LINE || UNCLEAR.test(line)) return null;
    for (const name of importsOf(line)) names.add(name);
  }
  return names;
}

function importsOf(line: string): string[] {
  return [...line.matchAll(STATEMENT)].flatMap(({ groups }) => {
    const { dots, module, list } = groups ?? {};
    if (list === undefined) return module && !dots?.trim() ? [module] : [];
    return list.split(',').flatMap((item) => ITEM.exec(item)?.groups?.['name'] ?? []);
  });
}
