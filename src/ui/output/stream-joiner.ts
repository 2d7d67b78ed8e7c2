/**
 * Two streams on one screen. A line that one has not finished must not run into the other: it gets a
 * line of its own, and one that is drawn again and again, as progress bars are, stays below what is
 * printed meanwhile.
 */
import type { StreamName } from '../api/api-types.ts';

const ERASE_LINE = '\r\u001b[K';
/** More of an unfinished line than can be drawn anew. */
const LONGEST_BAR = 500;

export class StreamJoiner {
  /** The stream in whose line the cursor is, and what stands in that line. */
  #owner: StreamName | null = null;
  #line = '';

  /** What to write to the screen for a piece of a stream. */
  join(stream: StreamName, text: string): string {
    if (text === '') return '';
    const foreign = this.#owner !== null && this.#owner !== stream && this.#line !== '';
    if (!foreign) return this.#advance(stream, text);
    const bar = lastDrawn(this.#line);
    if (bar === null) return `\n${this.#advance(stream, text, '')}`;
    if (!text.endsWith('\n')) return ERASE_LINE + this.#advance(stream, text, '');
    return `${ERASE_LINE}${text}${bar}`;
  }

  #advance(stream: StreamName, text: string, before: string = this.#line): string {
    const line = before + text;
    this.#owner = stream;
    this.#line = line.slice(line.lastIndexOf('\n') + 1).slice(-2 * LONGEST_BAR);
    return text;
  }
}

/** What a line shows that has been drawn over itself; null when it has not, or is too long. */
function lastDrawn(line: string): string | null {
  const text = line.endsWith('\r') ? line.slice(0, -1) : line;
  const at = text.lastIndexOf('\r');
  if (at === -1 && text === line) return null;
  const drawn = text.slice(at + 1) + (text === line ? '' : '\r');
  return drawn.length <= LONGEST_BAR ? drawn : null;
}
