/**
 * Output as its reader should see it. A job writes for a terminal: redraws, colours, titles, and
 * (when it is hostile) characters that hide or reorder text. For models, terminals and pages that is
 * folded to what a screen would show in the end, in one linear pass; the raw bytes stay on disk.
 *
 * Kept: printable text, newline, tab. Obeyed: CR, backspace, VT and FF (as newlines), and the control
 * sequences that move the cursor (A B C D E F G H f) or erase (J K). Dropped: everything else.
 */
import { Screen } from './terminal-screen.ts';

const ESCAPE = '\x1b';

/**
 * Anything that is not plain text: controls except newline and tab, characters that show nothing
 * (zero-width, bidirectional overrides, tags, fillers, soft hyphen), lone surrogates.
 */
const NOT_PLAIN =
  /[[\p{Control}--[\t\n]]\p{Default_Ignorable_Code_Point}\p{Surrogate}\u{fff9}-\u{fffb}]/v;

/**
 * Characters that show nothing. Joiners stay directly after what they act on (a mark, a pictograph, a
 * letter of a script other than Latin) and a variation selector stays after a visible character:
 * Persian, Hindi and emoji need them, and a single one cannot carry a hidden message.
 */
const INVISIBLE = new RegExp(
  [
    String.raw`[[\p{Default_Ignorable_Code_Point}\u{fff9}-\u{fffb}]--[\u{200c}\u{200d}\u{fe00}-\u{fe0f}]]`,
    String.raw`(?<![[\p{L}\p{M}\p{Emoji_Modifier}\p{Extended_Pictographic}]--\p{Script=Latin}])[\u{200c}\u{200d}]`,
    String.raw`(?<![\P{Default_Ignorable_Code_Point}--[\p{Control}\s]])[\u{fe00}-\u{fe0f}]`,
  ].join('|'),
  'gv',
);

/** A run of text between control characters. */
const RUN = /\P{Control}+/uy;
/** After ESC [ or CSI. Without the final character the sequence was cut off. */
const SEQUENCE = /([0-?]*)[ -/]*([@-~]?)/y;
/** After ESC: intermediates and a final character, such as ( B for a character set. */
const SHORT_ESCAPE = /[ -/]*[0-~]?/y;
/** The text of a title, link or other string: ends at its terminator or at what aborts it. */
const STRING_BODY = /[\P{Control}\t\n\r]*/uy;

/** Blanks that cursor movements may add to a short text. */
const SPARE_PADDING = 4096;

/**
 * What a tall and wide terminal would show after `text`. Text without controls comes back as it is.
 *
 * Pages are cleaned one by one. A page that begins in the middle of a redraw starts with an empty
 * screen: its cursor cannot go above the first row of the page, and what was drawn before is what the
 * earlier page showed. A control sequence cut by a page border loses its first half and shows the
 * rest as text; a row cut by a border is redrawn in full by the next `\r`.
 */
export function cleanTerminalText(text: string): string {
  if (!NOT_PLAIN.test(text)) return text;
  const visible = text.toWellFormed().replace(INVISIBLE, '');
  const screen = new Screen(2 * visible.length + SPARE_PADDING);
  for (let at = 0; at < visible.length;) {
    const run = take(RUN, visible, at);
    if (run) screen.write(run);
    at += run.length;
    if (at < visible.length) at = obey(screen, visible, at);
  }
  return screen.text();
}

/** Acts on the control character at `at`; returns where the text goes on. */
function obey(screen: Screen, text: string, at: number): number {
  const next = at + 1;
  switch (text.charAt(at)) {
    case '\n':
    case '\v':
    case '\f':
      screen.newline();
      return next;
    case '\r':
      screen.moveTo(null, 0);
      return next;
    case '\b':
      screen.moveBy(0, -1);
      return next;
    case '\t':
      screen.tab();
      return next;
    case ESCAPE:
      return escape(screen, text, next);
    case '\x9b':
      return sequence(screen, text, next);
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

function escape(screen: Screen, text: string, at: number): number {
  switch (text.charAt(at)) {
    case '[':
      return sequence(screen, text, at + 1);
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

function sequence(screen: Screen, text: string, at: number): number {
  SEQUENCE.lastIndex = at;
  const [whole = '', parameters = '', final = ''] = SEQUENCE.exec(text) ?? [];
  const isPlain = whole.length === parameters.length + 1;
  if (isPlain && /^[\d;]*$/.test(parameters)) moveOrErase(screen, final, parameters.split(';', 2));
  return at + whole.length;
}

function moveOrErase(screen: Screen, final: string, [first = '', second = '']: string[]): void {
  const count = Math.max(1, Number(first));
  switch (final) {
    case 'A':
      return screen.moveBy(-count, 0);
    case 'B':
      return screen.moveBy(count, 0);
    case 'C':
      return screen.moveBy(0, count);
    case 'D':
      return screen.moveBy(0, -count);
    case 'E':
      return moveLines(screen, count);
    case 'F':
      return moveLines(screen, -count);
    case 'G':
      return screen.moveTo(null, count - 1);
    case 'H':
    case 'f':
      return screen.moveTo(count - 1, Math.max(1, Number(second)) - 1);
    case 'J':
      return eraseScreen(screen, Number(first));
    case 'K':
      return eraseLine(screen, Number(first));
  }
}

function moveLines(screen: Screen, down: number): void {
  screen.moveTo(null, 0);
  screen.moveBy(down, 0);
}

function eraseScreen(screen: Screen, part: number): void {
  if (part === 0) screen.eraseBelow();
  else if (part === 1) screen.eraseAbove();
  else if (part === 2) screen.eraseAll();
}

function eraseLine(screen: Screen, part: number): void {
  if (part === 0) screen.eraseLineRight();
  else if (part === 1) screen.eraseLineLeft();
  else if (part === 2) screen.eraseLine();
}

function take(pattern: RegExp, text: string, at: number): string {
  pattern.lastIndex = at;
  return pattern.exec(text)?.[0] ?? '';
}
