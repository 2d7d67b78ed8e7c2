/** The exception that ended a script, read from the end of what it printed to stderr. */

export interface Raised {
  /** Its type, and what it says, in one line. */
  what: string;
  file: string | null;
  line: number | null;
  /** The exception that led to it, the first of several. */
  first?: Raised;
}

/** Stands between the traceback of one exception and that of the next. */
const LINK =
  /^(?:During handling of the above exception, another exception occurred|The above exception was the direct cause of the following exception):$/;
const HEADER = 'Traceback (most recent call last):';
/** Of a group, or of one of its members. */
const IN_GROUP = /^ *[|+] /;
const FRAME = /^\s*File "([^"\n]+)", line (\d+)/;
const EXCEPTION = /^(?:[A-Za-z_]\w*\.)*[A-Za-z_]\w*(?:: .*)?$/;
/** Members of a group stand behind these. */
const MARGIN = /^ *[|+] (?: *)?/;
/** Whose code it is: not the user's. */
const LIBRARY = /[/\\](?:site-packages|dist-packages|lib[/\\]python3[^/\\]*)[/\\]|^<frozen /;
/** Lines between the place and the name of a syntax error. */
const SYNTAX_ERROR_LINES = 6;

/** Null when the text ends with no exception. */
export function raisedIn(text: string): Raised | null {
  const lines = text.split('\n').map((line) => line.trimEnd());
  return lastTraceback(lines) ?? syntaxError(lines);
}

function lastTraceback(all: string[]): Raised | null {
  const group = all.findLastIndex(
    (line) => line === '  + Exception Group Traceback (most recent call last):',
  );
  const plain = all.findLastIndex(isHeader);
  const lines = group > plain ? all.map((line) => line.replace(/^ {2}[|+] /, '')) : all;
  const header = Math.max(group, plain);
  if (header < 0) return null;
  let end = header + 1;
  while (end < lines.length && /^(?:\s|$)/.test(lines[end] ?? '')) end += 1;
  const what = lines[end] ?? '';
  if (!EXCEPTION.test(what)) return null;
  const raised = { what, ...placeOf(lines.slice(header + 1, end)), ...firstOf(lines, header) };
  const member = group > plain ? firstMember(all.slice(end + 1)) : null;
  return member === null ? raised : { ...raised, what: `${what}, first ${member}` };
}

/** What stands before the link in front of a traceback led to it. */
function firstOf(lines: string[], header: number): { first?: Raised } {
  const link = lines
    .slice(Math.max(0, header - 2), header)
    .findLastIndex((line) => LINK.test(line));
  if (link < 0) return {};
  const before = lastTraceback(lines.slice(0, Math.max(0, header - 2) + link));
  if (!before) return {};
  const { first = before } = before;
  return { first };
}

/** A bar that did not end its line stands before it. */
function isHeader(line: string): boolean {
  const before = line.endsWith(HEADER) ? line.slice(0, -HEADER.length) : null;
  return before !== null && !IN_GROUP.test(line) && (before === '' || before.trim() !== '');
}

function firstMember(lines: string[]): string | null {
  const inner = lines.map((line) => line.replace(MARGIN, ''));
  return inner.find((line) => /^\w*(?:Error|Exception|Interrupt)\b.*/.test(line)) ?? null;
}

/** One in the script itself has no traceback. */
function syntaxError(lines: string[]): Raised | null {
  const end = lines.findLastIndex((line) => line !== '');
  const what = lines[end] ?? '';
  if (!/^(?:Syntax|Indentation|Tab)Error: /.test(what)) return null;
  return { what, ...placeOf(lines.slice(Math.max(0, end - SYNTAX_ERROR_LINES), end)) };
}

/** The last frame of the user's own code; of any, where there is none. */
function placeOf(lines: string[]): Pick<Raised, 'file' | 'line'> {
  const frames = lines.flatMap((line) => {
    const [, file, number] = FRAME.exec(line) ?? [];
    return file === undefined ? [] : [{ file, line: Number(number) }];
  });
  const own = frames.findLast(({ file }) => !LIBRARY.test(file));
  return own ?? frames.at(-1) ?? { file: null, line: null };
}
