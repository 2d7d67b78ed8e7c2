/** What a hostile job prints, and how to tell that nothing of it is left in what a reader gets. */

/** What it begins with: a screen that is wiped shows nothing of what was before. */
const WIPE = '\x1b[2J\x1b[3J\x1b[H\x1bc';

/** The tricks, by name. */
export const HOSTILE: Record<string, string> = {
  'an image': '<img src=x onerror="window.hacked=1">',
  'the end of a script': '</script><script>window.hacked=1</script>',
  'a template': '{{constructor.constructor("window.hacked=1")()}}${window.hacked=1}',
  'a link': '\x1b]8;;javascript:window.hacked=1\x1b\\click me\x1b]8;;\x1b\\',
  'a link to data': '\x1b]8;;data:text/html,<script>1</script>\x07click me\x1b]8;;\x07',
  'a title': '\x1b]0;hacked title\x07\x1b]2;hacked title\x1b\\\x9d0;hacked title\x9c',
  'a clipboard': '\x1b]52;c;aGFja2Vk\x07\x1b]52;c;?\x07',
  'device strings': '\x1bP+q544e\x1b\\\x1bP1$r0m\x1b\\\x1bPq#0;2;0;0;0~-\x1b\\\x1b_hacked\x1b\\',
  'other strings': '\x1b^private\x1b\\\x1bXstart\x1b\\\x1b]1337;File=inline=1:aGFja2Vk\x07',
  questions: '\x1b[6n\x1b[c\x1b[>q\x1b[14t\x1b]10;?\x07\x1b[?1049h\x1b[?1049l',
  '8-bit controls': '\x9b31m\x9b5n\x9d52;c;aGFja2Vk\x9c\x90q\x9c\x85\x8d\x9e\x9c',
  'a line that hides another': 'rm -rf /\recho okay',
  'letters that hide others': 'evil\b\b\b\bgood',
  'a reading direction': '\u202etxet desrever\u202c \u2066isolated\u2069 \u200e\u200f\u061c',
  'no width': 'pass\u200bword\u2060\ufeff\u00ad',
  'tag characters': 'hidden\u{e0049}\u{e0067}\u{e006e}\u{e007f}',
  selectors: 'x\u{e0100}\u{e01ef}\ufe0e\ufe0f',
};

export const FIRST_WORD = 'first-word';
export const LAST_WORD = 'last-word';

/** Python code that prints all of it, each on a line of its own. */
export const PRINT_HOSTILE = printing(
  WIPE + [FIRST_WORD, ...Object.values(HOSTILE), LAST_WORD].map((text) => `${text}\n`).join(''),
);

/** Controls but line break and tab, invisible and reordering characters, tags. */
const NOT_INERT =
  /[[\p{Control}--[\t\n]]\p{Bidi_Control}\u{ad}\u{200b}\u{2060}\u{feff}\u{e0000}-\u{e0fff}\u{fff9}-\u{fffb}]/gv;

/** What there still is that is more than text; an empty list when all is inert. */
export function notInert(text: string): string[] {
  return [...text.matchAll(NOT_INERT)].map(([found]) => JSON.stringify(found));
}

function printing(text: string): string {
  const encoded = Buffer.from(text).toString('base64');
  return `import base64, sys\nsys.stdout.buffer.write(base64.b64decode("${encoded}"))\nsys.stdout.flush()`;
}
