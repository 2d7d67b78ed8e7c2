/**
 * The coding line of inline code. The code came as text, so whatever encoding it names was right for
 * the file it was taken from; ours is UTF-8, and Python believes the line.
 */

/** PEP 263: in the first line, or in the second when the first is a comment or blank. */
const CODING = /^((?:[ \t\f]*(?:#[^\n]*)?\r?\n)?[ \t\f]*#[^\n]*?coding[:=][ \t]*)([-\w.]+)/;

export function asUtf8Source(source: string): string {
  return source.replace(CODING, '$1utf-8');
}
