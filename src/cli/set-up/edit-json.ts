/**
 * One value in a JSON text that people keep: comments, trailing commas, order, indentation and line ends
 * stay as they are, and only the place of the value changes.
 */
import { createScanner, parseTree, stripComments } from 'jsonc-parser';
import type { Node, ParseError } from 'jsonc-parser';

const BYTE_ORDER_MARK = /^\ufeff/;

/** How a text is laid out. */
interface Layout {
  indent: string;
  lineEnd: string;
}

/** The root of a text that holds an object; null of a text that does not. */
export function objectIn(text: string): Node | null {
  const errors: ParseError[] = [];
  const root = parseTree(unmarked(text), errors, { allowTrailingComma: true });
  return errors.length === 0 && root?.type === 'object' ? root : null;
}

/** Nothing but blanks and comments. */
export function isEmptyJson(text: string): boolean {
  return stripComments(unmarked(text)).trim() === '';
}

/** The value of a key; the last one counts, as for `JSON.parse`. */
export function memberOf(object: Node | undefined, key: string): Node | undefined {
  const property = object?.children?.findLast(({ children }) => children?.[0]?.value === key);
  return property?.children?.[1];
}

/** @param text holds an object, and objects at what `path` names before its end, as far as there are any. */
export function setInJson(text: string, path: string[], value: unknown): string {
  const mark = BYTE_ORDER_MARK.exec(text)?.[0] ?? '';
  const plain = unmarked(text);
  const root = objectIn(plain);
  if (!root) throw new TypeError('There is no object in the text.');
  return mark + setIn(plain, root, path, value);
}

/** @param text as above */
export function removeFromJson(text: string, path: string[]): string {
  const mark = BYTE_ORDER_MARK.exec(text)?.[0] ?? '';
  return mark + removeIn(unmarked(text), path);
}

/** All that have the key: of several the last one counts, and then the one before it would. */
function removeIn(text: string, path: string[]): string {
  const name = path.at(-1) ?? '';
  const root = objectIn(text);
  const object = path.slice(0, -1).reduce(memberOf, root ?? undefined);
  const members = object?.children ?? [];
  const at = members.findLastIndex(({ children }) => children?.[0]?.value === name);
  const member = members[at];
  return member ? removeIn(withoutMember(text, member, members[at - 1]), path) : text;
}

/** With its line when it has one for itself, and the comma before it when it is the last. */
function withoutMember(text: string, { offset, length }: Node, before: Node | undefined): string {
  const comma = commaBehind(text, offset + length);
  const end = comma === null ? offset + length : comma + 1;
  const isLine = startsLine(text, offset) && /^[ \t]*(\r?\n|$)/.test(text.slice(end));
  const start = isLine ? text.lastIndexOf('\n', offset - 1) + 1 : offset;
  const rest = text.slice(end).replace(isLine ? /^[ \t]*\r?\n/ : /^[ \t]+/, '');
  const head = text.slice(0, start);
  const needless =
    comma === null && before ? commaBehind(text, before.offset + before.length) : null;
  return (needless === null ? head : head.slice(0, needless) + head.slice(needless + 1)) + rest;
}

function setIn(text: string, object: Node, path: string[], value: unknown): string {
  const [key = '', ...rest] = path;
  const member = memberOf(object, key);
  if (member && rest.length > 0) return setIn(text, member, rest, value);
  const nested = rest.reduceRight((inner, name) => ({ [name]: inner }), value);
  return member ? replace(text, member, nested) : add(text, object, key, nested);
}

function replace(text: string, { offset, length }: Node, value: unknown): string {
  const isOneLine = !text.slice(offset, offset + length).includes('\n');
  const written = isOneLine
    ? JSON.stringify(value)
    : write(value, indentAt(text, offset), layoutOf(text));
  return text.slice(0, offset) + written + text.slice(offset + length);
}

/** Behind the last member and its comment. */
function add(text: string, object: Node, key: string, value: unknown): string {
  const layout = layoutOf(text);
  const last = object.children?.at(-1);
  const close = object.offset + object.length - 1;
  const name = JSON.stringify(key);
  if (last && !startsLine(text, last.offset)) {
    const end = last.offset + last.length;
    return `${text.slice(0, end)}, ${name}: ${JSON.stringify(value)}${text.slice(end)}`;
  }
  const outer = indentAt(text, object.offset);
  const inner = last ? indentAt(text, last.offset) : outer + layout.indent;
  const before = withComma(text.slice(0, close), last);
  const member = `${inner}${name}: ${write(value, inner, layout)}`;
  return [before.trimEnd(), member, outer + text.slice(close)].join(layout.lineEnd);
}

/** Right behind the value, where a comment on the rest of its line cannot swallow it. */
function withComma(text: string, last: Node | undefined): string {
  if (!last) return text;
  const end = last.offset + last.length;
  return commaBehind(text, end) === null ? `${text.slice(0, end)},${text.slice(end)}` : text;
}

/** Where the comma stands that comes next, if one does, behind blanks and comments. */
function commaBehind(text: string, end: number): number | null {
  const scanner = createScanner(text, true);
  scanner.setPosition(end);
  scanner.scan();
  return text[scanner.getTokenOffset()] === ',' ? scanner.getTokenOffset() : null;
}

function write(value: unknown, indent: string, layout: Layout): string {
  return JSON.stringify(value, null, layout.indent).replaceAll('\n', layout.lineEnd + indent);
}

/** As the text has them; two blanks when it shows none. */
function layoutOf(text: string): Layout {
  const indent = /^[ \t]*[{[][^\r\n]*\r?\n([ \t]+)/m.exec(text)?.[1] ?? '  ';
  return { indent, lineEnd: text.includes('\r\n') ? '\r\n' : '\n' };
}

function startsLine(text: string, offset: number): boolean {
  return /(^|\n)[ \t]*$/.test(text.slice(0, offset));
}

function indentAt(text: string, offset: number): string {
  const line = text.slice(text.lastIndexOf('\n', offset - 1) + 1, offset);
  return /^[ \t]*/.exec(line)?.[0] ?? '';
}

function unmarked(text: string): string {
  return text.replace(BYTE_ORDER_MARK, '');
}
