/** Adds requirements to the inline metadata of a script (PEP 723), leaving the rest of it as it is. */
import { parse } from 'smol-toml';
import { nameOf } from '../requirements/requirements.ts';
import { type InlineMetadata, parseInlineMetadata } from '../requirements/inline-metadata.ts';

/** What a script needs beside what it says itself. */
export interface Wanted {
  dependencies: readonly string[];
  requiresPython: string | null;
}

const BLOCK = /^# \/\/\/ script[ \t]*\r?\n((?:#(?: [^\n]*)?\r?\n)*?)# \/\/\/[ \t]*$/m;

/** The script with metadata that has what is wanted; where both name a package, what is wanted counts. */
export function mergeMetadata(source: string, own: InlineMetadata, wanted: Wanted): string {
  const names = new Set(wanted.dependencies.map(nameOf));
  const kept = own.dependencies.filter((one) => !names.has(nameOf(one)));
  const dependencies = [...kept, ...wanted.dependencies];
  const requiresPython = wanted.requiresPython ?? own.requiresPython;
  const merged = source.replace(BLOCK, (_block, commented: string) =>
    commentedBlock(withFields(uncommented(commented), dependencies, requiresPython)),
  );
  return says(merged, dependencies, requiresPython) ? merged : source;
}

function uncommented(block: string): string[] {
  return block
    .split(/\r?\n/)
    .slice(0, -1)
    .map((line) => line.slice(2));
}

function commentedBlock(lines: string[]): string {
  const inside = lines.map((line) => (line === '' ? '#' : `# ${line}`));
  return ['# /// script', ...inside, '# ///'].join('\n');
}

/** Keys at the top of TOML stand before the first table. */
function withFields(
  lines: string[],
  dependencies: readonly string[],
  requiresPython: string | null,
): string[] {
  const rest = withoutKey(withoutKey(lines, 'dependencies'), 'requires-python');
  return [
    ...(requiresPython === null ? [] : [`requires-python = ${JSON.stringify(requiresPython)}`]),
    'dependencies = [',
    ...dependencies.map((one) => `  ${JSON.stringify(one)},`),
    ']',
    ...rest,
  ];
}

/** The value of a key ends with the first line by which it can be read. */
function withoutKey(lines: string[], key: string): string[] {
  const table = lines.findIndex((line) => line.startsWith('['));
  const top = table < 0 ? lines : lines.slice(0, table);
  const at = top.findIndex((line) => new RegExp(`^\\s*"?${key}"?\\s*=`).test(line));
  if (at < 0) return lines;
  for (let end = at + 1; end <= lines.length; end += 1) {
    if (isToml(lines.slice(at, end).join('\n')))
      return [...lines.slice(0, at), ...lines.slice(end)];
  }
  return lines;
}

function isToml(text: string): boolean {
  try {
    return parse(text) !== null;
  } catch {
    return false;
  }
}

function says(source: string, dependencies: string[], requiresPython: string | null): boolean {
  try {
    const read = parseInlineMetadata(source);
    const names = (read?.dependencies ?? []).map(nameOf);
    const hasAll = dependencies.every((one) => names.includes(nameOf(one)));
    return hasAll && (read?.requiresPython ?? null) === requiresPython;
  } catch {
    return false;
  }
}
