/** What a search looks for: a text, or (pattern-finder.ts) a pattern. */

/** Some whole lines, or a part of a line that is longer. */
export interface Stretch {
  bytes: Buffer;
  /** The last line goes on behind the last byte. */
  open: boolean;
}

/** Positions in a stretch. */
export interface Span {
  start: number;
  end: number;
}

/**
 * The first match that begins at `from` or behind it, or a position behind `from` before which none
 * begins: it stops early to be asked again. What lies before `from` is only context. A match lies
 * within one line.
 */
export type Finder = (stretch: Stretch, from: number) => Span | number;

/**
 * Two parts of a long line have this much in common: a shorter match is in one of them. Texts and
 * patterns of callers are shorter.
 */
export const OVERLAP = 4096;

/** `text` has no line end in it. */
export function textFinder(text: string): Finder {
  const wanted = Buffer.from(text);
  return ({ bytes, open }, from) => {
    const start = bytes.indexOf(wanted, from);
    if (start >= 0) return { start, end: start + wanted.length };
    return Math.max(from + 1, open ? bytes.length - wanted.length + 1 : bytes.length);
  };
}
