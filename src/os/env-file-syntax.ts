/**
 * The syntax of `.env` files as python-dotenv reads it, so that a script gets the values that its
 * project's own loader would give it: docs/decisions/0058-env-files-as-python-dotenv.md.
 */

/** White space as Python has it, which knows some characters that JavaScript does not. */
const BLANK =
  '\\t\\v\\f\\x1c-\\x20\\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000';
const SPACE = `${BLANK}\\r\\n`;

const GAP = new RegExp(`[${SPACE}]*`, 'y');
const BLANKS = new RegExp(`[${BLANK}]*`, 'y');
const EXPORT = new RegExp(`export[${BLANK}]+`, 'y');
const QUOTED_NAME = /'([^']+)'/y;
const NAME = new RegExp(`([^=#${SPACE}]+)`, 'y');
const SINGLE_QUOTED = /'((?:\\[^]|[^'\\])*)'/y;
const DOUBLE_QUOTED = /"((?:\\[^]|[^"\\])*)"/y;
const LINE = /([^\n]*)/y;
const END = new RegExp(`[${BLANK}]*(?:#[^\\n]*)?(?:\\n|$)`, 'y');
const REST = /[^\n]*\n?/y;

const COMMENT = new RegExp(`[${SPACE}]+#[^]*$`);
const TRAILING_SPACE = new RegExp(`[${SPACE}]+$`);
const VARIABLE = /\$\{([^}:]*)(?::-([^}]*))?\}/g;

const ESCAPES: Record<string, string> = {
  a: '\x07',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
};

/** A name without `=` has no value, and is not set. */
type Binding = [name: string, value: string | null];

/**
 * The variables that `text` sets, later ones over earlier ones.
 * @param base what `${NAME}` finds where the text itself has set no NAME before.
 */
export function parseEnv(
  text: string,
  base: Readonly<Record<string, string>>,
): Record<string, string> {
  const found = new Map<string, string | null>();
  const valueOf = (name: string) => {
    if (found.has(name)) return found.get(name) ?? '';
    return Object.hasOwn(base, name) ? base[name] : undefined;
  };
  for (const [name, value] of bindingsOf(text.replace(/\r\n?/g, '\n'))) {
    found.set(name, value === null ? null : expand(value, valueOf));
  }
  const set = [...found].filter((entry): entry is [string, string] => entry[1] !== null);
  return Object.fromEntries(set);
}

/** Only `${NAME}` and `${NAME:-default}`: a bare `$` is a character of a password like any other. */
function expand(value: string, valueOf: (name: string) => string | undefined): string {
  return value.replace(
    VARIABLE,
    (_all, name: string, fallback?: string) => valueOf(name) ?? fallback ?? '',
  );
}

function bindingsOf(text: string): Binding[] {
  const reader = new Reader(text);
  const bindings: Binding[] = [];
  while (!reader.done) {
    const binding = bindingAt(reader);
    if (binding) bindings.push(binding);
  }
  return bindings;
}

/** Null for a comment, and for a line that says nothing intelligible: the next ones still count. */
function bindingAt(reader: Reader): Binding | null {
  reader.take(GAP);
  reader.take(EXPORT);
  const isComment = reader.peek() === '#';
  const name = isComment ? null : reader.take(reader.peek() === "'" ? QUOTED_NAME : NAME);
  const value = name === null ? null : valueAt(reader);
  const understood = (isComment || name !== null) && value !== undefined;
  if (understood && reader.take(END) !== null) return name === null ? null : [name, value];
  reader.take(REST);
  return null;
}

/** Undefined when a quote is not closed. */
function valueAt(reader: Reader): string | null | undefined {
  reader.take(BLANKS);
  if (!reader.skip('=')) return null;
  const spaced = reader.take(BLANKS) !== '';
  if (spaced && reader.peek() === '#') return '';
  if (reader.peek() === "'") return unescape(reader.take(SINGLE_QUOTED), /\\([\\'])/g);
  if (reader.peek() === '"') return unescape(reader.take(DOUBLE_QUOTED), /\\([\\'"abfnrtv])/g);
  return reader.take(LINE)?.replace(COMMENT, '').replace(TRAILING_SPACE, '');
}

function unescape(text: string | null, escape: RegExp): string | undefined {
  return text?.replace(escape, (_all, letter: string) => ESCAPES[letter] ?? letter);
}

/** A place in a text that moves over what it takes. */
class Reader {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  get done(): boolean {
    return this.#at >= this.#text.length;
  }

  peek(): string {
    return this.#text.charAt(this.#at);
  }

  skip(mark: string): boolean {
    const here = this.#text.startsWith(mark, this.#at);
    if (here) this.#at += mark.length;
    return here;
  }

  /** The first group of a sticky expression, or all it matched; null when it does not match here. */
  take(expression: RegExp): string | null {
    expression.lastIndex = this.#at;
    const match = expression.exec(this.#text);
    if (!match) return null;
    this.#at += match[0].length;
    return match[1] ?? match[0];
  }
}
