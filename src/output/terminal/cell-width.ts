/** How many cells a character takes on a terminal, and which characters take none and show nothing. */

/** Characters that are drawn two cells wide: East Asian full width and emoji. */
const WIDE =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\ua960-\ua97f\uac00-\ud7a3\uf900-\ufaff\ufe10-\ufe19\ufe30-\ufe6f\uff01-\uff60\uffe0-\uffe6\u{20000}-\u{3fffd}\p{Emoji_Presentation}]/u;

/** Characters drawn over the one before: accents, vowel signs, variation selectors, joiners. */
const ZERO = /[\p{Mn}\p{Me}\u200c\u200d]/u;

const FIRST_NOT_NARROW = 0x300;
/** Lines and blocks, of which bars are made. */
const BLOCKS = { first: 0x2500, last: 0x259f };

/** Widths that were looked up, plus one: the same few characters come again and again. */
const KNOWN = new Uint8Array(0x10000);

export function cellWidth(character: string): 0 | 1 | 2 {
  const code = character.codePointAt(0) ?? 0;
  if (code < FIRST_NOT_NARROW || (code >= BLOCKS.first && code <= BLOCKS.last)) return 1;
  if (code >= KNOWN.length) return lookUp(character);
  const known = KNOWN[code] || (KNOWN[code] = lookUp(character) + 1);
  return (known - 1) as 0 | 1 | 2;
}

function lookUp(character: string): 0 | 1 | 2 {
  if (ZERO.test(character)) return 0;
  return WIDE.test(character) ? 2 : 1;
}
