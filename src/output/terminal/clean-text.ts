/**
 * Output as its reader should see it. A job writes for a terminal: redraws, colours, titles, and
 * (when it is hostile) characters that hide or reorder text. For models, terminals and pages that is
 * folded to what a screen would show in the end, in one linear pass; the raw bytes stay on disk.
 */
import { drawTerminalPart, drawTerminalText } from './terminal-parser.ts';
import { Screen } from './terminal-screen.ts';
import { Turns } from '../../core/turns.ts';

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

/** Characters that are drawn in one step: the worst take some milliseconds. */
const STEP = 16_384;

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
  const visible = withoutInvisible(text);
  const screen = new Screen(paddingFor(visible));
  drawTerminalText(visible, screen);
  return screen.text();
}

/** The same for text that is longer than a page: others are let through in between. */
export async function cleanLongText(text: string): Promise<string> {
  if (text.length <= STEP || !NOT_PLAIN.test(text)) return cleanTerminalText(text);
  const turns = new Turns();
  const visible = withoutInvisible(text);
  const screen = new Screen(paddingFor(visible));
  for (let at = 0; at < visible.length;) {
    await turns.pause();
    at = drawTerminalPart(visible, at, at + STEP, screen);
  }
  await turns.pause();
  return screen.text();
}

/** Text without characters that show nothing and without lone surrogates; controls stay. */
export function withoutInvisible(text: string): string {
  return text.toWellFormed().replace(INVISIBLE, '');
}

/** Blank cells and rows that cursor movements may add: in proportion to the text, and never many. */
function paddingFor(text: string): number {
  return Math.min(1024 + 2 * text.length, 100_000);
}
