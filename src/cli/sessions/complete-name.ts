/** Names that a line being typed may go on with. */

const KEYWORDS =
  'and as assert async await break class continue def del elif else except False finally for from ' +
  'global if import in is lambda None nonlocal not or pass raise return True try while with yield';
const BUILTINS =
  'abs all any bool bytes callable chr dict dir enumerate filter float format getattr hasattr help ' +
  'input int isinstance issubclass iter len list map max min next object open ord print range repr ' +
  'reversed round set setattr slice sorted str sum super tuple type vars zip';
const KNOWN = `${KEYWORDS} ${BUILTINS}`.split(' ');

/** As `readline` wants it: what fits, and the part of the line that it replaces. */
export function completeName(line: string, names: readonly string[]): [string[], string] {
  const [, before = '', word = ''] = /^(.*?)([A-Za-z_]\w*)?$/s.exec(line) ?? [];
  if (word === '' || before.endsWith('.')) return [[], line];
  const fitting = [...names, ...KNOWN].filter((name) => name.startsWith(word));
  return [[...new Set(fitting)].sort(), word];
}
