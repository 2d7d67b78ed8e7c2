/**
 * Two streams on one screen. A line that one has not finished must not run into the other: it gets a
 * line of its own, and one that is drawn again and again, as progress bars are, stays below what is
 * printed meanwhile.
 */
import type { StreamName } from '../api/api-types.ts';

/** What to write to the screen around a piece of a stream. */
export interface Joint {
  before: 'nothing' | 'line feed' | 'erase line';
  /** A bar that was there before, drawn again. */
  bar: string;
}

const CONTROLS = { nothing: '', 'line feed': '\n', 'erase line': '\r\u001b[K' };
const PLAIN: Joint = { before: 'nothing', bar: '' };
/** More of an unfinished line than can be drawn anew. */
const LONGEST_BAR = 500;

export class StreamJoiner {
  /** The stream in whose line the cursor is, and what stands in that line. */
  #owner: StreamName | null = null;
  #line = '';

  join(stream: StreamName, text: string): Joint {
    if (text === '') return PLAIN;
    const foreign = this.#owner !== null && this.#owner !== stream && this.#line !== '';
    if (!foreign) return this.#advance(stream, this.#line + text, PLAIN);
    const bar = lastDrawn(this.#line);
    if (bar === null) return this.#advance(stream, text, { before: 'line feed', bar: '' });
    if (text.endsWith('\n')) return { before: 'erase line', bar };
    return this.#advance(stream, text, { before: 'erase line', bar: '' });
  }

  #advance(stream: StreamName, line: string, joint: Joint): Joint {
    this.#owner = stream;
    this.#line = line.slice(line.lastIndexOf('\n') + 1).slice(-2 * LONGEST_BAR);
    return joint;
  }
}

export function written({ before, bar }: Joint, text: string): string {
  return CONTROLS[before] + text + bar;
}

/** What a line shows that has been drawn over itself; null when it has not, or is too long. */
function lastDrawn(line: string): string | null {
  const text = line.endsWith('\r') ? line.slice(0, -1) : line;
  const at = text.lastIndexOf('\r');
  if (at === -1 && text === line) return null;
  const drawn = text.slice(at + 1) + (text === line ? '' : '\r');
  return drawn.length <= LONGEST_BAR ? drawn : null;
}
