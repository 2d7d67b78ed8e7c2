/** The first line of a module's docstring, found without Python. */

const OPENING = /^[rRuU]?("""|'''|"|')/;
const MAX_LENGTH = 200;

/** Null when the script does not begin with a docstring. */
export function docstringTitle(source: string): string | null {
  const code = source.replace(/^\uFEFF?(?:[ \t]*(?:#[^\n]*)?\r?\n)*/, '');
  const [opening, quote = ''] = OPENING.exec(code) ?? [];
  if (!opening) return null;
  const end = code.indexOf(quote, opening.length);
  if (end === -1) return null;
  const lines = code.slice(opening.length, end).split('\n');
  const title = lines.map((line) => line.trim()).find((line) => line !== '');
  return title ? title.slice(0, MAX_LENGTH) : null;
}
