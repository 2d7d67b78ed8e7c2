/**
 * Job ids: short, since models pay for each character and people type them; ordered by time; safe in
 * file names and URLs. Who makes one makes sure that the home has no job of that id yet.
 */
import { randomInt } from 'node:crypto';

const TIME_DIGITS = 8; // base 36 milliseconds: enough until the year 2059
const RANDOM_DIGITS = 2; // for jobs of the same millisecond

/** 10 characters of 0-9a-z; ids sort by creation time to the millisecond. */
export function newJobId(now: number = Date.now()): string {
  const random = randomInt(36 ** RANDOM_DIGITS);
  return firstIdAt(now) + random.toString(36).padStart(RANDOM_DIGITS, '0');
}

/** How the ids of this millisecond begin: no id of that time or later sorts before it. */
export function firstIdAt(time: number): string {
  return time.toString(36).padStart(TIME_DIGITS, '0');
}

/** Checked before an id is used in any path. Those of 32 characters are from earlier versions. */
export function isJobId(text: string): boolean {
  return /^(?:[0-9a-z]{10}|[0-9a-z]{32})$/.test(text);
}

/** Whether a job's id may begin so. */
export function isJobIdPrefix(text: string): boolean {
  return /^[0-9a-z]{1,32}$/.test(text);
}
