/**
 * Reads text as a terminal does: printable runs, newline (also VT and FF), tab, CR, backspace, and the
 * control sequences that move the cursor (A B C D E F G H f) or erase (J K). Every other sequence,
 * string and control character is dropped, finished or not. One pass, each character looked at once or
 * twice.
 */

/** What a terminal does with its text. Rows and columns are zero-based, negative moves go up and left. */
export interface Drawing {
  /** Printable characters only. */
  write(text: string): void;
  tab(): void;
  newline(): void;
  moveBy(down: number, right: number): void;
  /** A null row stays. */
  moveTo(row: number | null, column: number): void;
  /** Part 0: from the cursor on, 1: up to the cursor, 2: all. */
  eraseLine(part: number): void;
  eraseScreen(part: number): void;
}

const ESCAPE = '\x1b';

/** Text between control characters, as much as is drawn in one step. */
const RUN = /\P{Control}{1,4096}/uy;
/** After ESC [ or CSI. Without the final character the sequence was cut off. */
const SEQUENCE = /([0-?]*)[ -/]*([@-~]?)/y;
/** After ESC: intermediates and a final character, such as ( B for a character set. */
const SHORT_ESCAPE = /[ -/]*[0-~]?/y;
/** The text of a title, link or other string: ends at its terminator or at what aborts it. */
const STRING_BODY = /[\P{Control}\t\n\r]*/uy;

export function drawTerminalText(text: string, drawing: Drawing): void {
  drawTerminalPart(text, 0, text.length, drawing);
}

/** From `from` to `until`, or a little further: returns where to go on. */
export function drawTerminalPart(
  text: string,
  from: number,
  until: number,
  drawing: Drawing,
): number {
  let at = from;
  const end = Math.min(until, text.length);
  while (at < end) {
    if (isControl(text.charCodeAt(at))) {
      at = obey(drawing, text, at);
    } else {
      const run = take(RUN, text, at);
      drawing.write(run);
      at += run.length;
    }
  }
  return at;
}

function isControl(code: number): boolean {
  return code < 0x20 || (code >= 0x7f && code < 0xa0);
}

/** Acts on the control character at `at`; returns where the text goes on. */
function obey(drawing: Drawing, text: string, at: number): number {
  const next = at + 1;
  switch (text.charAt(at)) {
    case '\n':
    case '\v':
    case '\f':
      drawing.newline();
      return next;
    case '\r':
      drawing.moveTo(null, 0);
      return next;
    case '\b':
      drawing.moveBy(0, -1);
      return next;
    case '\t':
      drawing.tab();
      return next;
    case ESCAPE:
      return escape(drawing, text, next);
    case '\x9b':
      return sequence(drawing, text, next);
    case '\x90':
    case '\x98':
    case '\x9d':
    case '\x9e':
    case '\x9f':
      return afterString(text, next);
    default:
      return next;
  }
}

function escape(drawing: Drawing, text: string, at: number): number {
  switch (text.charAt(at)) {
    case '[':
      return sequence(drawing, text, at + 1);
    case 'P':
    case 'X':
    case ']':
    case '^':
    case '_':
      return afterString(text, at + 1);
    default:
      return at + take(SHORT_ESCAPE, text, at).length;
  }
}

/**
 * A string without its terminator hides at most the rest of its line: a reader must not lose a page
 * because of one stray escape.
 */
function afterString(text: string, at: number): number {
  const body = take(STRING_BODY, text, at);
  const end = at + body.length;
  const terminator = text[end];
  if (terminator === '\x07' || terminator === '\x9c') return end + 1;
  if (terminator === ESCAPE && text[end + 1] === '\\') return end + 2;
  const newline = body.indexOf('\n');
  return newline === -1 ? end : at + newline;
}

/** Parameters that begin with < = > ? are private: modes, not movements. */
function sequence(drawing: Drawing, text: string, at: number): number {
  SEQUENCE.lastIndex = at;
  const [whole = '', parameters = '', final = ''] = SEQUENCE.exec(text) ?? [];
  const isPlain = whole.length === parameters.length + 1 && !(parameters >= '<');
  if (isPlain && final !== 'm') moveOrErase(drawing, final, parameters);
  return at + whole.length;
}

function moveOrErase(drawing: Drawing, final: string, parameters: string): void {
  const first = Number.parseInt(parameters, 10) || 0;
  const count = Math.max(1, first);
  switch (final) {
    case 'A':
      return drawing.moveBy(-count, 0);
    case 'B':
      return drawing.moveBy(count, 0);
    case 'C':
      return drawing.moveBy(0, count);
    case 'D':
      return drawing.moveBy(0, -count);
    case 'E':
      return moveLines(drawing, count);
    case 'F':
      return moveLines(drawing, -count);
    case 'G':
      return drawing.moveTo(null, count - 1);
    case 'H':
    case 'f':
      return drawing.moveTo(count - 1, secondOf(parameters) - 1);
    case 'J':
      return drawing.eraseScreen(first);
    case 'K':
      return drawing.eraseLine(first);
  }
}

function secondOf(parameters: string): number {
  return Math.max(1, Number.parseInt(parameters.split(';', 2)[1] ?? '', 10) || 0);
}

function moveLines(drawing: Drawing, down: number): void {
  drawing.moveTo(null, 0);
  drawing.moveBy(down, 0);
}

function take(pattern: RegExp, text: string, at: number): string {
  pattern.lastIndex = at;
  return pattern.exec(text)?.[0] ?? '';
}
