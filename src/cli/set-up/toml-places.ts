/** Where what stands in a TOML text: its headers, and the keys with the places of their values. */

/** One `key = value`; `path` begins with the table that it is in. */
export interface Assignment {
  path: string[];
  start: number;
  valueStart: number;
  /** Behind the value. */
  end: number;
}

export interface Section {
  path: string[];
  start: number;
  /** Behind the header. */
  end: number;
  assignments: Assignment[];
}

const BLANKS = /[ \t]*/y;
const BLANKS_AND_COMMENTS = /(?:[ \t\r\n]|#[^\n]*)*/y;
const KEY = /[A-Za-z0-9_-]+|"(?:[^"\\\n]|\\.)*"|'[^'\n]*'/y;
const STRINGS = [
  /"""(?:[^\\]|\\[^])*?"{3,5}/y,
  /'''[^]*?'{3,5}/y,
  /"(?:[^"\\\n]|\\.)*"/y,
  /'[^'\n]*'/y,
];
const BARE = /[^,[\]{}=#"'\r\n]*[^,[\]{}=#"'\s]/y;

/** @param text that a parser has found to be TOML; the first section is what comes before all headers */
export function sectionsOf(text: string): Section[] {
  const first: Section = { path: [], start: 0, end: 0, assignments: [] };
  const sections = [first];
  let at = skip(text, 0, BLANKS_AND_COMMENTS);
  while (at < text.length) {
    const section = sections.at(-1) ?? first;
    if (text[at] === '[') {
      const header = headerAt(text, at);
      sections.push(header);
      at = header.end;
    } else {
      const assignment = assignmentAt(text, at, section.path);
      section.assignments.push(assignment);
      at = assignment.end;
    }
    at = skip(text, at, BLANKS_AND_COMMENTS);
  }
  return sections;
}

/** What is assigned in `{ … }`; empty for a value of another kind. */
export function membersOf(text: string, { path, valueStart, end }: Assignment): Assignment[] {
  if (text[valueStart] !== '{') return [];
  const members: Assignment[] = [];
  let at = skip(text, valueStart + 1, BLANKS_AND_COMMENTS);
  while (at < end - 1) {
    const member = assignmentAt(text, at, path);
    members.push(member);
    at = skip(text, member.end, BLANKS_AND_COMMENTS);
    if (text[at] === ',') at = skip(text, at + 1, BLANKS_AND_COMMENTS);
  }
  return members;
}

function headerAt(text: string, start: number): Section {
  const isArray = text[start + 1] === '[';
  const { path, at } = keyAt(text, start + (isArray ? 2 : 1));
  const end = text.indexOf(']', at) + (isArray ? 2 : 1);
  return { path, start, end, assignments: [] };
}

function assignmentAt(text: string, start: number, table: string[]): Assignment {
  const { path, at } = keyAt(text, start);
  const valueStart = skip(text, at + 1, BLANKS);
  return { path: [...table, ...path], start, valueStart, end: valueEnd(text, valueStart) };
}

/** @throws when there is none: such a text is not TOML */
function keyAt(text: string, start: number): { path: string[]; at: number } {
  const path: string[] = [];
  let at = start;
  do {
    at = skip(text, path.length > 0 ? at + 1 : at, BLANKS);
    const end = skip(text, at, KEY);
    if (end === at) throw new SyntaxError(`There is no key at ${at}.`);
    path.push(nameOf(text.slice(at, end)));
    at = skip(text, end, BLANKS);
  } while (text[at] === '.');
  return { path, at };
}

function nameOf(key: string): string {
  if (key.startsWith('"')) return JSON.parse(key) as string;
  return key.startsWith("'") ? key.slice(1, -1) : key;
}

function valueEnd(text: string, start: number): number {
  const first = text[start];
  if (first === '[' || first === '{') return bracketEnd(text, start);
  for (const string of STRINGS) {
    const end = skip(text, start, string);
    if (end > start) return end;
  }
  return skip(text, start, BARE);
}

function bracketEnd(text: string, start: number): number {
  let at = skip(text, start + 1, BLANKS_AND_COMMENTS);
  while (at < text.length && text[at] !== ']' && text[at] !== '}') {
    const isBetween = text[at] === ',' || text[at] === '=';
    const end = isBetween ? at + 1 : valueEnd(text, at);
    at = skip(text, Math.max(end, at + 1), BLANKS_AND_COMMENTS);
  }
  return at + 1;
}

function skip(text: string, at: number, what: RegExp): number {
  what.lastIndex = at;
  return what.test(text) ? what.lastIndex : at;
}
