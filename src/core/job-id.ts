/** Job ids: time-ordered, unguessable, safe in file names and URLs. */
import { randomBytes } from 'node:crypto';

const TIME_DIGITS = 8; // base 36 milliseconds: enough until the year 2059
const RANDOM_DIGITS = 24; // 124 bits
const RANDOM_SPACE = 36n ** BigInt(RANDOM_DIGITS);

/** 32 characters of 0-9a-z; ids sort by creation time to the millisecond. */
export function newJobId(now: number = Date.now()): string {
  const random = BigInt(`0x${randomBytes(20).toString('hex')}`) % RANDOM_SPACE;
  return (
    now.toString(36).padStart(TIME_DIGITS, '0') + random.toString(36).padStart(RANDOM_DIGITS, '0')
  );
}

/** Checked before an id is used in any path. */
export function isJobId(text: string): boolean {
  return /^[0-9a-z]{32}$/.test(text);
}
