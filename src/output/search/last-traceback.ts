/** The newest Python traceback of a stream, with the ones that led to it. */
import { setImmediate as nextTurn } from 'node:timers/promises';
import { gapOf, sizeOf } from '../files/output-file.ts';
import { readBytes, readPage } from '../files/read-page.ts';

export interface Traceback {
  from: number;
  to: number;
}

const HEADER = 'Traceback (most recent call last):';
/** What comes before it in its line, if anything; those of a group's members are indented further. */
const GROUP = '  + Exception Group ';
const FIRST_FRAME = '\n  File "';
/** Of what stands before a traceback in its line, so much is looked at. */
const LONGEST_BAR = 1024;
const CHAINED =
  /\n\n(?:During handling of the above exception, another exception occurred|The above exception was the direct cause of the following exception):\n\n$/;
/** Small, as what was read is given back late: Node waits for 64 MB of such memory. */
const PIECE_BYTES = 256 * 1024;
/** A traceback with its causes is looked for in so much; recursion errors are cut by Python itself. */
const LONGEST_BYTES = 64 * 1024;
/** Lines of a message after its first. */
const MESSAGE_LINES = 20;

/**
 * Looks backwards from the end, until `deadline` (as `performance.now()`).
 * @returns null when there is none in what was looked at, from `searchedFrom` on.
 */
export async function lastTraceback(
  path: string,
  deadline: number,
): Promise<{ found: Traceback | null; searchedFrom: number }> {
  const first = gapOf(path)?.to ?? 0;
  let end = sizeOf(path);
  while (end > first) {
    const start = Math.max(first, end - PIECE_BYTES);
    const bytes = viewOf(readBytes(path, start, end - start));
    const at = lastHeader(bytes);
    if (at !== null) return { found: extent(path, start + at), searchedFrom: start };
    if (performance.now() > deadline || start === first)
      return { found: null, searchedFrom: start };
    end = Math.min(end - 1, start + HEADER.length + 32); // a header may lie across the border
    await nextTurn();
  }
  return { found: null, searchedFrom: first };
}

/** The same bytes, not a copy. */
function viewOf({ buffer, byteOffset, byteLength }: Uint8Array): Buffer {
  return Buffer.from(buffer, byteOffset, byteLength);
}

/** Offset of the last line that begins a traceback of its own. */
function lastHeader(bytes: Buffer): number | null {
  for (
    let at = bytes.lastIndexOf(HEADER);
    at >= 0;
    at = at > 0 ? bytes.lastIndexOf(HEADER, at - 1) : -1
  ) {
    const group = bytes.toString('latin1', Math.max(0, at - GROUP.length), at) === GROUP;
    const start = group ? at - GROUP.length : at;
    if (start === 0 || bytes[start - 1] === 0x0a) return start;
    if (!group && isBehindBar(bytes, at)) return at;
  }
  return null;
}

/** What did not end its line is followed by the traceback in the same one; members of a group are indented. */
function isBehindBar(bytes: Buffer, header: number): boolean {
  const end = header + HEADER.length;
  if (bytes.toString('latin1', end, end + FIRST_FRAME.length) !== FIRST_FRAME) return false;
  const line = bytes.lastIndexOf(0x0a, header) + 1;
  return /[^\s|+]/.test(bytes.toString('latin1', Math.max(line, header - LONGEST_BAR), header));
}

function extent(path: string, header: number): Traceback {
  const start = Math.max(0, header - LONGEST_BYTES);
  const before = viewOf(readBytes(path, start, header - start));
  const { bytes } = readPage(path, header, LONGEST_BYTES, true);
  const text = Buffer.from(bytes).toString('latin1');
  return { from: start + firstOfChain(before), to: header + lengthOf(text) };
}

/** Where the first traceback begins of those that end in "During handling of …". */
function firstOfChain(before: Buffer): number {
  let start = before.length;
  while (CHAINED.test(before.toString('latin1', Math.max(0, start - 200), start))) {
    const earlier = lastHeader(before.subarray(0, start - 1));
    if (earlier === null) break;
    start = earlier;
  }
  return start;
}

/** Indented lines, the line that names the exception, and the rest of its message. */
function lengthOf(text: string): number {
  const lines = text.split('\n');
  let last = 1;
  while (last < lines.length && /^(\s|$)/.test(lines[last] ?? '')) last += 1;
  const limit = Math.min(lines.length - 1, last + MESSAGE_LINES);
  while (last < limit && lines[last + 1] !== '') last += 1;
  return Math.min(text.length, lines.slice(0, last + 1).join('\n').length + 1);
}
