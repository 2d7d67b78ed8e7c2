/**
 * One value in a TOML text that people keep: comments, order, numbers as they are spelled and line ends stay,
 * and only the place of the value changes.
 */
import { stringify, type TomlPrimitive } from 'smol-toml';
import { type Assignment, membersOf, type Section, sectionsOf } from './toml-places.ts';

/** @returns null when the text has no place where it could be written */
export function setInToml(text: string, path: string[], value: unknown): string | null {
  const sections = sectionsOf(text);
  const near = nearest(text, sections, path);
  if (near && near.path.length === path.length) {
    return text.slice(0, near.valueStart) + inline(value) + text.slice(near.end);
  }
  if (near) return addMember(text, near, path.slice(near.path.length), value);
  const section = sections.findLast((each) => same(each.path, path.slice(0, -1)));
  return section ? addLine(text, section, path.at(-1) ?? '', value) : addSection(text, path, value);
}

/** The table of that path, wherever parts of it stand. */
export function removeFromToml(text: string, path: string[]): string {
  const sections = sectionsOf(text);
  const found = [
    ...sections.filter((section) => isWithin(section.path, path)).map(spanOfSection),
    ...assigned(text, sections)
      .filter((each) => same(each.path, path) || isPrefix(path, each.path))
      .map((each) => spanOfAssignment(text, each)),
  ];
  const spans = found.filter(
    (span, at) => !found.some((other, n) => n !== at && other[0] <= span[0] && span[1] <= other[1]),
  );
  return spans
    .sort(([a], [b]) => b - a)
    .reduce((rest, [start, end]) => cutOut(rest, start, end), text);
}

/** What is assigned in sections, and in inline tables of them. */
function assigned(text: string, sections: Section[]): Assignment[] {
  const within = (each: Assignment): Assignment[] => [
    each,
    ...membersOf(text, each).flatMap(within),
  ];
  return sections.flatMap(({ assignments }) => assignments.flatMap(within));
}

/** The value of that path, or the innermost inline table that it belongs into. */
function nearest(text: string, sections: Section[], path: string[]): Assignment | undefined {
  return assigned(text, sections)
    .filter((each) => {
      if (same(each.path, path)) return true;
      return isPrefix(each.path, path) && text[each.valueStart] === '{';
    })
    .sort((a, b) => b.path.length - a.path.length)[0];
}

function addMember(text: string, table: Assignment, path: string[], value: unknown): string {
  const last = membersOf(text, table).at(-1);
  const at = last?.end ?? table.valueStart + 1;
  const member = `${path.map(key).join('.')} = ${inline(value)}`;
  const tail = text.slice(at);
  return (
    text.slice(0, at) + (last ? `, ${member}` : ` ${member} `) + (last ? tail : tail.trimStart())
  );
}

function addLine(text: string, section: Section, name: string, value: unknown): string {
  const lineEnd = lineEndOf(text);
  const at = endOfLine(text, section.assignments.at(-1)?.end ?? section.end);
  return `${text.slice(0, at)}${lineEnd}${key(name)} = ${inline(value)}${text.slice(at)}`;
}

function addSection(text: string, path: string[], value: unknown): string {
  const isTable = typeof value === 'object' && value !== null && !Array.isArray(value);
  const [table, content] = isTable
    ? [path, value]
    : [path.slice(0, -1), { [path.at(-1) ?? '']: value }];
  const nested = table.reduceRight<unknown>((inner, name) => ({ [name]: inner }), content);
  const lineEnd = lineEndOf(text);
  const section = stringify(nested as object)
    .trim()
    .replaceAll('\n', lineEnd);
  const gap = text.trim() === '' ? '' : text.endsWith('\n') ? lineEnd : lineEnd + lineEnd;
  return text + gap + section + lineEnd;
}

type Span = [start: number, end: number];

/** Up to its last assignment: comments behind it may belong to what follows. */
function spanOfSection({ start, end, assignments }: Section): Span {
  return [start, assignments.at(-1)?.end ?? end];
}

/** Of one among others in `{ … }` with a comma. */
function spanOfAssignment(text: string, { start, end }: Assignment): Span {
  const behind = /^[ \t]*,[ \t]*/.exec(text.slice(end));
  if (behind) return [start, end + behind[0].length];
  const before = /[ \t]*,\s*$/.exec(text.slice(0, start));
  if (before) return [start - before[0].length, end];
  const [open, close] = [/\{[ \t]*$/.exec(text.slice(0, start)), /^[ \t]*\}/.exec(text.slice(end))];
  return open && close ? [start - open[0].length + 1, end + close[0].length - 1] : [start, end];
}

/** With the lines that are empty then. */
function cutOut(text: string, start: number, end: number): string {
  const isWhole = /(^|\n)[ \t]*$/.test(text.slice(0, start));
  if (!isWhole) return text.slice(0, start) + text.slice(end);
  const before = text.slice(0, text.lastIndexOf('\n', start - 1) + 1);
  const after = text.slice(endOfLine(text, end)).replace(/^\r?\n/, '');
  const isGap = /(^|\n)\r?\n$/.test(before) && (after === '' || /^\r?\n/.test(after));
  return (isGap ? before.replace(/\r?\n$/, '') : before) + after;
}

function endOfLine(text: string, at: number): number {
  const end = /\r?\n|$/.exec(text.slice(at));
  return at + (end?.index ?? 0);
}

function inline(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(inline).join(', ')}]`;
  if (typeof value !== 'object' || value === null) {
    return stringify({ v: value as TomlPrimitive })
      .slice('v = '.length)
      .trim();
  }
  const members = Object.entries(value).map(([name, each]) => `${key(name)} = ${inline(each)}`);
  return `{ ${members.join(', ')} }`;
}

function key(name: string): string {
  return /^[A-Za-z0-9_-]+$/.test(name) ? name : JSON.stringify(name);
}

function lineEndOf(text: string): string {
  return text.includes('\r\n') ? '\r\n' : '\n';
}

function same(a: string[], b: string[]): boolean {
  return a.length === b.length && isWithin(a, b);
}

/** Shorter, and its beginning. */
function isPrefix(short: string[], long: string[]): boolean {
  return short.length < long.length && isWithin(long, short);
}

function isWithin(path: string[], outer: string[]): boolean {
  return outer.every((name, at) => path[at] === name);
}
