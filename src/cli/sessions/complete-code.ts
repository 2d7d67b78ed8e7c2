/** Whether lines that were typed are a whole cell, as the prompt of Python sees it. */

const OPENING = '([{';
const CLOSING = ')]}';

/** A block ends with an empty line; what is open within brackets or a long string does not. */
export function isWhole(lines: readonly string[]): boolean {
  const { depth, quote, isContinued, last } = scan(lines.join('\n'));
  if (depth > 0 || quote.length === 3 || isContinued) return false;
  if (lines.length > 1 && lines.at(-1)?.trim() === '') return true;
  const isBlock = last === ':' || lines.some((line) => /^(?:\s+\S|@)/.test(line));
  return !isBlock;
}

interface Scan {
  depth: number;
  /** Of the string that the end stands in. */
  quote: string;
  isContinued: boolean;
  /** The last character that is code. */
  last: string;
}

function scan(text: string): Scan {
  const state = { depth: 0, quote: '', isContinued: false, last: '' };
  for (let at = 0; at < text.length;)
    at += state.quote ? inString(text, at, state) : inCode(text, at, state);
  return state;
}

/** How many characters were read. */
function inString(text: string, at: number, state: Scan): number {
  if (text[at] === '\\') return 2;
  const isOver =
    text.startsWith(state.quote, at) || (text[at] === '\n' && state.quote.length === 1);
  if (!isOver) return 1;
  const { length } = state.quote;
  state.quote = '';
  return length;
}

function inCode(text: string, at: number, state: Scan): number {
  const sign = text.charAt(at);
  if (sign === '#') return Math.max(1, /^[^\n]*/.exec(text.slice(at))?.[0].length ?? 1);
  if (sign === '"' || sign === "'") {
    state.quote = text.startsWith(sign.repeat(3), at) ? sign.repeat(3) : sign;
    state.last = sign;
    return state.quote.length;
  }
  if (OPENING.includes(sign)) state.depth += 1;
  if (CLOSING.includes(sign)) state.depth = Math.max(0, state.depth - 1);
  state.isContinued = sign === '\\' && at === text.length - 1;
  if (sign.trim() !== '') state.last = sign;
  return 1;
}
