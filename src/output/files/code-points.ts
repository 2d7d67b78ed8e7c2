/**
 * UTF-8 cut into windows. Output files are bytes and pages end anywhere, so every reader needs to
 * know where a whole code point ends; a cut inside one would show U+FFFD that nobody printed.
 */

const DECODER = new TextDecoder('utf-8', { ignoreBOM: true });

/** Any bytes to text: what is not UTF-8 becomes U+FFFD, a byte order mark stays a character. */
export function decodeUtf8(bytes: Uint8Array): string {
  return DECODER.decode(bytes);
}

/**
 * The number of leading bytes (of the first `length`) that end on a code-point border: an unfinished
 * sequence at the end is held back (1 to 3 bytes), bytes that can never become a character are not.
 */
export function completeLength(bytes: Uint8Array, length: number = bytes.length): number {
  for (let start = length - 1; start >= 0 && start >= length - 3; start -= 1) {
    const byte = bytes[start] ?? 0;
    if (!isContinuation(byte)) {
      return isUnfinished(bytes, start, length) ? start : length;
    }
  }
  return length;
}

/** For a window that begins at any offset: leading bytes of a code point begun before it, 0 to 3. */
export function skipContinuation(bytes: Uint8Array): number {
  let count = 0;
  while (count < 3 && count < bytes.length && isContinuation(bytes[count] ?? 0)) count += 1;
  return count;
}

function isContinuation(byte: number): boolean {
  return (byte & 0xc0) === 0x80;
}

/** Whether bytes[start, end) is a proper prefix of some valid sequence. */
function isUnfinished(bytes: Uint8Array, start: number, end: number): boolean {
  const lead = bytes[start] ?? 0;
  if (end - start >= sequenceLength(lead)) return false;
  return end - start === 1 || allowsSecond(lead, bytes[start + 1] ?? 0);
}

/** 0 for a byte that begins nothing. C0, C1 and F5 to FF never occur in UTF-8. */
function sequenceLength(lead: number): number {
  if (lead < 0x80) return 1;
  if (lead < 0xc2 || lead > 0xf4) return 0;
  return lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
}

/** Overlong forms, surrogates and values past U+10FFFF already show in the second byte. */
function allowsSecond(lead: number, second: number): boolean {
  const lowest = lead === 0xe0 ? 0xa0 : lead === 0xf0 ? 0x90 : 0x80;
  const highest = lead === 0xed ? 0x9f : lead === 0xf4 ? 0x8f : 0xbf;
  return second >= lowest && second <= highest;
}
